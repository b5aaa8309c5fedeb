// What a question to the ensemble would cost, as it stands in the form.

import { h, put } from '../../dom.js';
import { count, dollars, words } from '../../format.js';
import { field, table } from '../../ui.js';

/** @param {() => void} asked is called when somebody asks for another length. */
export function quote(asked) {
  const tokens = field('Tokens of the question', h('input', { value: '200', inputmode: 'numeric', autocomplete: 'off', oninput: asked }));
  const body = h('div', { class: 'stack' });
  const clear = (text) => put(body, h('p', { class: 'muted' }, text));
  clear('Fill in the form: the price stands here as soon as the entry holds.');
  return {
    element: h('section', { class: 'panel stack', 'aria-label': 'Quote' }, h('h2', null, 'Quote'), tokens.element, body),
    get tokens() { return tokens.control.value.trim(); },
    /** Says that the entry has errors, so that nothing can be said. */
    clear,
    refuse: (message) => tokens.set(message),
    set(plan) {
      tokens.set(null);
      if (!plan) return clear('This gateway gives no quote for an entry that is not saved.');
      const most = plan.at_most;
      return put(body,
        h('dl', { class: 'quote-sum' },
          h('dt', null, `Highest cost of a question of ${count(Number(tokens.control.value))} tokens`),
          h('dd', { class: 'quote-cost' }, dollars(most.cost_usd)),
          h('dd', { class: 'muted' }, most.cost_usd === null ? 'A price is missing, so the cost is unknown.' : `${count(most.tokens)} tokens at most.${plan.sure.calls < most.calls ? ` ${dollars(plan.sure.cost_usd)} where nothing fails.` : ''}`),
          h('dd', { class: 'muted' }, plan.sure.calls === most.calls ? `${counted(most.calls)}.` : `${counted(plan.sure.calls)} where all goes well, ${most.calls} at most.`)),
        table('Calls of a question', [
          { name: 'Call', cell: (call) => [h('span', { class: 'anywhere' }, call.model ?? words(call.role)), h('div', { class: 'muted small' }, words(call.step), call.sure ? '' : ', if needed')] },
          { name: 'Tokens', right: true, cell: (call) => [count(call.prompt_tokens), h('div', { class: 'muted small' }, `+ ${count(call.completion_tokens)}`)] },
          { name: 'Cost', right: true, nowrap: true, cell: (call) => dollars(call.cost_usd) },
        ], plan.calls, 'No call is made.'),
        h('p', { class: 'muted small' }, 'Tokens: of the prompt, estimated, and the longest answer. Retries of a failed call are not in it.'));
    },
  };
}

const counted = (calls) => `${calls} ${calls === 1 ? 'call' : 'calls'}`;
