// One run: what became of it, what it took, and why.

import { ask } from '../../api.js';
import { h, put } from '../../dom.js';
import { count, dollars, duration, moment, percent, words } from '../../format.js';
import { folded, head, outcome, panel, problem, table, tiles } from '../../ui.js';
import { candidates, decisions, nameOf } from './choosing.js';
import { content } from './content.js';
import { feedback } from './feedback.js';
import { replay } from './replay.js';
import { waterfall } from './waterfall.js';
import { Degraded, Outcomes } from './words.js';

/** How often a run in flight is looked at, in milliseconds. */
const Pause = 1000;

export async function showRun(root, id, signal) {
  let run;
  put(root, head('Run', id), h('p', { class: 'empty' }, 'Looking …'));
  try {
    run = await find(id, signal);
  } catch (error) {
    if (signal.aborted) return;
    put(root, head('Run', id), error.code === 'run_not_found' ? unknown(id) : problem(error));
    return;
  }

  const about = h('div', { class: 'stack' });
  const state = h('p', { class: 'visually-hidden', role: 'status' });
  const raw = folded('The manifest as JSON', '');
  const said = h('div', { class: 'stack' });
  const opinion = h('div', { class: 'stack' });
  const again = h('div', { class: 'stack' });
  put(root, title(run), state, about, said, opinion, again, raw.element);
  const draw = () => {
    put(about, parts(run));
    raw.set(JSON.stringify(run, null, 2));
  };
  draw();
  if (run.outcome === 'running') await follow();
  if (!signal.aborted && run.outcome === 'completed') put(opinion, await feedback(run, signal));
  if (!signal.aborted && run.strategy !== 'direct') {
    put(said, await content(run, signal));
    put(again, await replay(run, signal));
  }

  async function follow() {
    while (run.outcome === 'running') {
      await pause(signal);
      if (signal.aborted) return;
      run = await find(id, signal);
      draw();
    }
    put(state, `The run has ended: ${words(run.outcome)}.`);
  }
}

const find = (id, signal) => ask(`/v1/runs/${encodeURIComponent(id)}`, { signal });

const pause = (signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, Pause);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

const unknown = (id) => h('div', { class: 'panel stack' },
  h('h2', null, 'There is no such run'),
  h('p', null, 'Its id is not known here: it was mistyped, belongs to another gateway, or is older than the accounts are kept.'),
  h('p', null, h('a', { href: `#/runs?id=${encodeURIComponent(id.slice(0, 12))}` }, 'Look for ids that begin the same')));

const title = (run) => head(
  `Run of ${run.ensemble}`,
  [words(run.strategy), ` · began ${moment(run.started_at)} · `, h('code', null, run.id), run.replay_of && [' · replay of ', h('a', { href: `#/runs/${run.replay_of}` }, run.replay_of.slice(-8))]],
  h('a', { class: 'button', href: '#/runs' }, 'All runs'));

function parts(run) {
  const { usage } = run;
  const estimated = usage.ensemble_estimated;
  return [
    verdict(run),
    tiles([
      ['Time in all', run.total_ms === null ? 'running' : duration(run.total_ms), run.streamed ? 'streamed' : 'given whole'],
      ['Cost', dollars(run.cost_usd), run.cost_usd === null ? 'that of a call is unknown' : null],
      ['Tokens', count(usage.prompt_tokens + usage.completion_tokens), [`${count(usage.prompt_tokens)} read, ${count(usage.completion_tokens)} written`, cachedOf(usage), estimated && `; ${count(estimated.prompt_tokens + estimated.completion_tokens)} more estimated`]],
      ['Agreement', percent(run.agreement), run.agreement === null ? 'nothing was compared' : 'the largest group’s share of the weight'],
      ['Saved', `${count(run.saved.calls)} ${run.saved.calls === 1 ? 'call' : 'calls'}`, run.saved.calls === 0 && run.saved.tokens === 0 ? 'nothing was done without' : `about ${count(run.saved.tokens)} tokens, ${dollars(run.saved.cost_usd)}`],
    ]),
    panel('Calls', run.sub_calls.length === 0 ? h('p', { class: 'empty' }, omits(run, 'sub_calls') ?? (run.outcome === 'running' ? 'None has ended yet.' : 'No model was called.')) : waterfall(run)),
    run.candidates.length > 0 || omits(run, 'candidates') ? panel('Candidates', omits(run, 'candidates') ?? candidates(run)) : null,
    run.decisions.length > 0 || omits(run, 'decisions') ? panel('Decisions', omits(run, 'decisions') ?? decisions(run)) : null,
    run.judge && panel('What the judge saw', judged(run)),
  ];
}

const cachedOf = ({ prompt_tokens: prompt, prompt_tokens_details: details }) => (details?.cached_tokens > 0 && `; ${percent(details.cached_tokens / prompt)} of the prompts cached`);

function verdict(run) {
  return h('div', { class: `panel stack verdict ${run.outcome === 'completed' ? run.degraded.length > 0 ? 'warn' : 'good' : run.outcome === 'running' ? '' : 'bad'}` },
    h('p', { class: 'row' }, outcome(run.outcome), h('span', null, Outcomes[run.outcome] ?? ''),
      run.finish_reason && run.finish_reason !== 'stop' && h('span', { class: 'muted' }, `The answer ended with ${words(run.finish_reason)}.`)),
    run.failure && h('p', null, 'The caller was told: ', h('q', null, run.failure)),
    run.degraded.length > 0 && h('dl', { class: 'meanings' }, run.degraded.map((word) => [h('dt', null, h('span', { class: 'badge warn' }, words(word))), h('dd', null, Degraded[word] ?? 'The answer is second best.')])),
    run.incarnation > 1 && h('p', { class: 'muted' }, `Its process was lost ${run.incarnation === 2 ? 'once' : `${run.incarnation - 1} times`}; another one went on with what was there.`));
}

function judged(run) {
  const { judge } = run;
  return h('div', { class: 'stack' },
    h('p', { class: 'muted' }, `Prompt ${judge.prompt}. The candidates stood in this order.`,
      judge.schema_valid === undefined ? '' : judge.schema_valid ? ' The answer has the format that was asked for.' : ' The answer does not have the format that was asked for.'),
    table('Order of the candidates', [
      { name: 'Label', cell: (entry) => entry.label },
      { name: 'Answer of', cell: (entry) => nameOf(run, entry) },
      { name: 'Whole', cell: (entry) => (entry.cut ? h('span', { class: 'badge warn' }, 'middle left out') : 'whole') },
    ], judge.order, 'It saw none.'));
}

const omits = (run, list) => (run.omitted?.includes(list) ? h('p', { class: 'empty' }, 'Left out of the stored manifest, which would have been too long.') : null);
