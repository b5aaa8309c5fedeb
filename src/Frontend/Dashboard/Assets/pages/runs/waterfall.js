// The calls of a run on one axis of time, from the run's start.

import { h } from '../../dom.js';
import { duration, tone, words } from '../../format.js';
import { Calls, Closings, costOf, tokensOf } from './words.js';

/** @param {object} run a manifest. */
export function waterfall(run) {
  const calls = run.sub_calls.map((call) => ({ ...call, from: Math.max(0, Date.parse(call.started_at) - Date.parse(run.started_at)) }))
    .sort((a, b) => a.from - b.from);
  const marks = marksOf(run);
  const end = Math.max(run.total_ms ?? 0, 1, ...calls.map((call) => (call.remembered ? 0 : call.from + call.total_ms)), ...marks.map((mark) => mark.at));
  const share = (milliseconds) => `${Math.min(100, (milliseconds / end) * 100).toFixed(3)}%`;

  return h('div', { class: 'waterfall' },
    h('div', { class: 'waterfall-legend small muted' },
      h('span', null, h('span', { class: 'swatch waiting' }), 'until the first token'),
      h('span', null, h('span', { class: 'swatch good' }), 'answering, or the whole call'),
      calls.some((call) => call.remembered) && h('span', null, h('span', { class: 'swatch remembered' }), 'remembered'),
      marks.map((mark) => h('span', null, h('span', { class: `swatch mark ${mark.kind}` }), `${mark.name} after ${duration(mark.at)}${mark.why ? `: ${mark.why}` : ''}`))),
    h('div', { class: 'waterfall-axis', 'aria-hidden': 'true' }, h('div', { class: 'waterfall-track' }, ticks(end).map((at) => placed(h('span', { class: at / end > 0.8 ? 'tick last' : 'tick' }, at === 0 ? '0' : duration(at)), share(at))))),
    h('ol', { class: 'waterfall-rows' }, calls.map((call) => row(call, marks, share))));
}

function row(call, marks, share) {
  const { from } = call;
  const first = call.first_token_ms === null ? null : Math.min(call.first_token_ms, call.total_ms);
  const good = tone(call.outcome) || 'neutral';
  const bar = (kind, start, length) => {
    const part = placed(h('span', { class: `bar-part ${kind}` }), share(start));
    part.style.width = share(length);
    return part;
  };
  return h('li', { class: 'waterfall-row' },
    h('div', { class: 'waterfall-name' },
      h('span', { class: 'strong anywhere' }, call.model ?? `${words(call.role)} ${call.member}`), ' ',
      h('span', { class: 'muted small' }, [words(call.step), call.role === 'judge' && call.member > 0 && `fallback ${call.member}`, call.role === 'panel' && call.step === 'candidate' && `member ${call.member}`, call.sample > 0 && `sample ${call.sample}`].filter(Boolean).join(' · '))),
    h('div', { class: 'waterfall-track', 'aria-hidden': 'true' },
      marks.map((mark) => placed(h('span', { class: `mark-line ${mark.kind}` }), share(mark.at))),
      call.remembered ? bar(`${good} remembered`, 0, 0) : first === null ? bar(good, from, call.total_ms) : [bar('waiting', from, first), bar(good, from + first, call.total_ms - first)]),
    h('div', { class: 'waterfall-words small' },
      h('span', { class: `badge ${tone(call.outcome)}` }, call.outcome === 'ok' ? 'ok' : words(call.outcome)),
      call.remembered && [' ', h('span', { class: 'badge accent' }, 'remembered')], ' ',
      h('span', null, spoken(call, from, first)),
      h('div', { class: 'muted' }, figures(call)),
      call.dropped_parameters.length > 0 && h('div', { class: 'muted' }, `not sent, since the provider does not take it: ${call.dropped_parameters.join(', ')}`),
      call.error && h('div', { class: 'call-error anywhere' }, call.error)));
}

function spoken(call, from, first) {
  if (call.remembered) return `taken over from before, took ${duration(call.total_ms)} then`;
  const began = `began at ${from < 1 ? '0 ms' : duration(from)}`;
  const waited = first === null ? '' : `, first token after ${duration(first)}`;
  return `${began}${waited}, ${call.outcome === 'ok' ? 'took' : `${Calls[call.outcome] ?? words(call.outcome)} after`} ${duration(call.total_ms)}`;
}

function figures(call) {
  return [tokensOf(call), costOf(call), call.attempts !== 1 && `${call.attempts} attempts`, call.seed !== undefined && `seed ${call.seed}`].filter(Boolean).join(' · ');
}

function marksOf({ panel }) {
  if (!panel) return [];
  const opened = panel.opened_after_ms ?? 0;
  const all = [];
  if (panel.quorum_after_ms !== null) all.push({ kind: 'quorum', name: `Quorum (${panel.required})`, at: opened + panel.quorum_after_ms });
  all.push({ kind: 'closed', name: 'Panel closed', at: opened + panel.closed_after_ms, why: Closings[panel.closed_because] ?? words(panel.closed_because) });
  return all;
}

/** Round moments, three to six of them. */
function ticks(end) {
  const rough = end / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

function placed(element, left) {
  element.style.left = left;
  return element;
}
