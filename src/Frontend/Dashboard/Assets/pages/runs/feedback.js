// Lets the reader of a run's page say whether its answer is right.

import { ask } from '../../api.js';
import { h, put } from '../../dom.js';
import { counted, moment, percent } from '../../format.js';
import { panel, problem } from '../../ui.js';

/** Buttons that say so; what is said last counts. */
export async function feedback(run, signal) {
  const address = `/v1/runs/${encodeURIComponent(run.id)}/feedback`;
  const line = h('p', { class: 'muted small', role: 'status' });
  const failed = h('div', null);
  const buttons = [['Right', true], ['Wrong', false]].map(([name, correct]) => h('button', {
    type: 'button',
    'aria-pressed': 'false',
    dataset: { correct },
    async onClick() {
      put(failed);
      try {
        await ask(address, { method: 'POST', body: { correct }, signal });
        show((await ask(address, { signal })).data);
      } catch (error) {
        if (!signal.aborted) put(failed, problem(error));
      }
    },
  }, name));

  function show(said) {
    const own = said.find((one) => one.administrator) ?? said.find((one) => one.caller === null);
    const others = said.filter((one) => one !== own);
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(own !== undefined && String(own.correct) === button.dataset.correct)));
    put(line,
      own ? `You said so at ${moment(own.at)}. ` : '',
      others.length > 0 && `${counted(others.length, 'caller')} said: ${others.map((one) => `${one.caller ?? 'without a key'} ${one.score === 0 ? 'wrong' : one.score === 1 ? 'right' : percent(one.score)}`).join(', ')}.`);
  }

  try {
    show((await ask(address, { signal })).data);
  } catch (error) {
    if (signal.aborted) return null;
    put(failed, problem(error));
  }

  return panel('Is the answer right?', h('div', { class: 'stack' },
    h('div', { class: 'row' }, buttons), failed, line,
    h('p', { class: 'muted small' }, 'The page Value of the ensemble counts it.')));
}
