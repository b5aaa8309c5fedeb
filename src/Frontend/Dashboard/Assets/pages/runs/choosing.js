// What a strategy chose from, and how it came to its answer.

import { h } from '../../dom.js';
import { percent, words } from '../../format.js';
import { table } from '../../ui.js';
import { reason, step } from './words.js';

/** The answers that were compared, grouped by what they say. */
export function candidates(run) {
  const chosen = run.decisions.findLast((decision) => decision.verdict === 'chosen' || decision.verdict === 'only_answer');
  const size = (cluster) => run.candidates.filter((other) => other.cluster === cluster).reduce((sum, other) => sum + other.weight, 0);
  const whole = run.candidates.reduce((sum, one) => sum + one.weight, 0);
  const hasAnswers = run.candidates.some((one) => one.answer !== undefined);
  const hasScores = run.candidates.some((one) => one.score !== null);
  return h('div', { class: 'stack' },
    table('Candidates', [
      { name: 'Answer of', cell: (one) => [h('span', { class: 'anywhere' }, nameOf(run, one)), ' ', chosen && chosen.member === one.member && (chosen.sample ?? 0) === one.sample && h('span', { class: 'badge accent' }, 'given')] },
      { name: 'Group', cell: (one) => (one.cluster === null ? '–' : [h('span', { class: `group group-${one.cluster % 4}`, 'aria-hidden': 'true' }), `${one.cluster + 1}`, h('span', { class: 'muted small' }, ` ${percent(size(one.cluster) / whole)}`)]) },
      { name: 'Kind', wide: true, cell: (one) => (one.answer_type === null ? 'prose' : words(one.answer_type)) },
      ...(hasAnswers ? [{ name: 'Answer', cell: (one) => (one.answer === undefined ? '–' : h('code', { class: 'anywhere' }, one.answer)) }] : []),
      { name: 'Weight', right: true, cell: (one) => one.weight },
      ...(hasScores ? [{ name: 'Score', right: true, cell: (one) => (one.score === null ? '–' : one.score.toFixed(3)) }] : []),
    ], run.candidates, ''),
    !hasAnswers && h('p', { class: 'muted small' }, 'What they say is kept only with the option Telemetry:CaptureContent.'));
}

/** Step by step, in order. */
export const decisions = (run) => h('ol', { class: 'decisions' }, run.decisions.map((decision) => h('li', null,
  h('span', { class: 'strong' }, step(decision), decision.index === undefined ? '' : ` ${decision.index + 1}`), ' ',
  h('span', { class: `badge ${tones[decision.verdict] ?? ''}` }, words(decision.verdict)), ' ',
  decision.member !== undefined && h('span', null, `answer of ${nameOf(run, decision)} `),
  decision.reason && h('span', null, `– ${reason(decision)} `),
  decision.value !== undefined && h('span', { class: 'muted number' }, `(${Number.isInteger(decision.value) ? decision.value : decision.value.toFixed(2)})`))));

const tones = { chosen: 'good', accepted: 'good', passed: 'good', agrees: 'good', only_answer: 'good', rejected: 'warn', undecided: 'warn', escalated: 'warn', differs: 'warn', failed: 'bad', target_failed: 'bad' };

/** Whose answer it is, as people know it. */
export function nameOf(run, { member, sample = 0 }) {
  const call = run.sub_calls.find((one) => one.role === 'panel' && one.member === member && one.sample === sample)
    ?? run.sub_calls.find((one) => one.role === 'panel' && one.member === member);
  return [call?.model ?? `member ${member}`, sample > 0 && `sample ${sample}`].filter(Boolean).join(', ');
}
