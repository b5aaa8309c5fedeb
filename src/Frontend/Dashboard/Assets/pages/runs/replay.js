// Another strategy or judge over the answers that the panel of a run gave.

import { send } from '../../api.js';
import { models } from '../../catalog.js';
import { h, put } from '../../dom.js';
import { dollars, percent, words } from '../../format.js';
import { choice, field, panel, problem } from '../../ui.js';
import { Degraded } from './words.js';

/** Strategies that need no more than a panel's answers. */
const Strategies = ['synthesize', 'best_of', 'vote', 'consensus', 'confidence', 'adaptive'];

/** The form, with the answer beside it once there is one. */
export async function replay(run, signal) {
  if (run.outcome === 'running' || run.candidates.length === 0) return null;
  const known = await models(signal).catch(() => ({ chat: [] }));
  const strategy = field('Strategy', choice([['', `As it was: ${words(run.strategy)}`], ...Strategies.filter((one) => one !== run.strategy).map((one) => [one, words(one)])]));
  const judge = field('Judge', choice([['', 'The ensemble’s own'], ...known.chat]), 'Asked where the strategy asks one.');
  const button = h('button', { class: 'primary' }, 'Replay');
  const answer = h('div', { class: 'stack', 'aria-live': 'polite' });

  async function go(event) {
    event.preventDefault();
    strategy.set(null);
    judge.set(null);
    button.disabled = true;
    put(answer, h('p', { class: 'muted' }, 'Asking …'));
    try {
      const body = Object.fromEntries([['strategy', strategy.control.value], ['judge', judge.control.value]].filter(([, value]) => value !== ''));
      put(answer, shown(await send(`/v1/runs/${run.id}/replay`, { method: 'POST', body, signal }), body));
    } catch (error) {
      if (signal.aborted) return;
      const place = { strategy, judge }[error.param];
      place?.set(error.message);
      put(answer, place ? null : explain(error));
    } finally {
      button.disabled = false;
    }
  }

  return panel('Replay',
    h('p', { class: 'muted' }, 'Makes another answer of what this panel said. Its members are not asked again; a judge is, and costs what it costs.'),
    h('div', { class: 'replay' },
      h('form', { class: 'stack', onsubmit: go }, strategy.element, judge.element, h('div', { class: 'row' }, button)),
      answer));
}

const explain = (error) => (error.code === 'answers_not_stored' ? h('p', { class: 'note', role: 'alert' }, error.message) : problem(error));

function shown({ body, headers }, asked) {
  const id = headers.get('x-ensemble-run-id');
  const degraded = (headers.get('x-ensemble-degraded') ?? '').split(',').map((word) => word.trim()).filter(Boolean);
  const agreement = headers.get('x-ensemble-agreement');
  const cost = headers.get('x-ensemble-cost-usd');
  const message = body.choices[0].message;
  return h('article', { class: 'answer stack', 'aria-label': 'Answer of the replay' },
    h('h3', null, asked.strategy ? `With ${words(asked.strategy)}` : 'Replayed', asked.judge ? `, judged by ${asked.judge}` : ''),
    h('p', { class: 'text' }, message.content ?? message.refusal ?? 'It calls tools; see its run.'),
    degraded.map((word) => h('p', null, h('span', { class: 'badge warn' }, words(word)), ' ', Degraded[word] ?? '')),
    h('p', { class: 'muted small' }, [agreement !== null && `agreement ${percent(Number(agreement))}`, cost !== null && `cost ${dollars(Number(cost))}`].filter(Boolean).join(' · ')),
    id && h('p', null, h('a', { href: `#/runs/${id}` }, 'Its run')));
}
