// What the words of a manifest mean, for people.

import { count, dollars } from '../../format.js';

/** Why an answer is second best. */
export const Degraded = {
  judge_failed: 'What was to decide or to write the answer failed: it is the best one that was there.',
  deadline: 'What was to decide or to write the answer came too late: it is the best one that was there.',
  budget: 'What was to decide or to write the answer was over the budget: it is the best one that was there.',
  undecided: 'No two answers were the same, or two readings picked different ones, and there was nobody to decide: it is the heaviest member’s, or the one most like the others.',
  no_confidence: 'No answer had a confidence: it is the one most like the others.',
  embedding_failed: 'There were no vectors: likeness was measured by words.',
  last_rung_failed: 'The last members of the cascade gave nothing: it is the best one of those before.',
  verifier_failed: 'The answer was not audited.',
  escalation_failed: 'The answer did not pass its audit, and there is none in its place.',
  classifier_failed: 'Nothing chose a target: the default answered.',
  planner_failed: 'The request was not split into parts.',
  subtask_failed: 'A part of the request was not answered.',
};

/** Why a run has ended, as `GET /admin/runs` names it. */
export const Outcomes = {
  completed: 'It gave an answer.',
  running: 'It is still running.',
  request_rejected: 'Providers refused the request.',
  unsupported_content: 'The model cannot take a part of the content.',
  max_tokens_too_small: 'The limit of tokens was used up before any text.',
  panel_rate_limited: 'Every missing member, or every judge, was at its limit or cooling down.',
  panel_below_quorum: 'Too few members of the panel answered.',
  judge_failed: 'No judge answered, and no candidate could be given.',
  judge_timeout: 'The last judge did not answer within its time.',
  rate_limit_exceeded: 'The model was at its limit.',
  upstream_failed: 'The model gave no answer, or broke off.',
  upstream_timeout: 'The model did not answer within its time.',
  deadline_exceeded: 'The time for the answer passed.',
  answer_too_large: 'The answer was too large.',
  overloaded: 'There was no memory left for the answer.',
  budget_exceeded: 'What was left to do did not fit the budget.',
  cancelled: 'The caller left before the answer was whole.',
  internal_error: 'A fault of the gateway.',
  run_interrupted: 'The silo that executed it was lost, and it could not be executed again.',
  answers_not_stored: 'The stored answers of the run that it replays are gone.',
};

/** What became of a call. */
export const Calls = {
  ok: 'answered',
  blank: 'gave an empty answer',
  blank_at_length: 'used up its limit before any text',
  refused: 'refused to answer',
  filtered: 'was filtered by its provider',
  request_rejected: 'had its request refused',
  not_found: 'is not known to its provider',
  authentication_failed: 'had its key refused',
  rate_limited: 'was over its provider’s limit',
  gate_refused: 'was at its limit here, and was not called',
  unsupported: 'cannot take this request',
  server_error: 'failed at its provider',
  transport_error: 'could not be reached',
  invalid_response: 'answered what cannot be read',
  incomplete: 'broke off',
  timed_out: 'took too long',
  stalled: 'fell silent',
  cancelled: 'was cancelled',
  lost: 'was lost with its process',
  budget_exceeded: 'did not fit the budget, and was not called',
  wrong_format: 'answered in another format than was asked for',
};

/** Why a panel closed. */
export const Closings = {
  all_answered: 'all had answered',
  decided: 'the rest could change nothing',
  grace_over: 'the rest was waited for long enough',
  quorum_out_of_reach: 'too few could still answer',
  deadline: 'the time was over',
  cancelled: 'the run was cancelled',
};

const Steps = {
  vote: 'Vote', pick: 'Pick', consensus: 'Consensus', confidence: 'Confidence', adaptive: 'Way taken', rung: 'Rung', cascade: 'Cascade', primary: 'First answer',
  audit: 'Audit', verify: 'Answer given', route: 'Route', shadow: 'Comparison with the default', plan: 'Plan', analysis: 'Analysis', panel: 'Panel', best_candidate: 'Best candidate',
};

const Reasons = {
  no_two_equal: 'no two answers were equal', no_answer_in_format: 'no answer has the format that was asked for', only_answer: 'the only answer', readings_differ: 'two readings picked different answers',
  no_verdict: 'nothing came that can be read', budget: 'the budget', substance: 'the answer has substance', no_substance: 'the answer has no substance', no_answer: 'no answer came',
  agreement: 'agreement', agreement_with_earlier_rungs: 'agreement with earlier rungs', plurality: 'most weight', last_rung: 'it is the last rung',
};

const parts = (call) => {
  const known = [[call.cached_tokens, 'cached'], [call.cache_write_tokens, 'written to the cache'], [call.reasoning_tokens, 'reasoning']].filter(([tokens]) => tokens > 0);
  return known.length === 0 ? '' : `, of these ${known.map(([tokens, word]) => `${count(tokens)} ${word}`).join(', ')}`;
};

/** What a call read and wrote. */
export const tokensOf = (call) => (call.tokens === 'none' ? 'no tokens known' : `${count(call.prompt_tokens)} tokens in, ${count(call.completion_tokens)} out${parts(call)}${call.tokens === 'estimated' ? ' (estimated)' : ''}`);

/** What a call cost. */
export const costOf = (call) => (call.cost_usd === null ? 'cost unknown' : dollars(call.cost_usd));

/** A decision's step, as the head of its line. */
export const step = (decision) => Steps[decision.step] ?? plain(decision.step);

/** Why it was decided so. What an audit or an analysis says, where it is captured, stays as it is. */
export const reason = ({ reason: text = '' }) => Reasons[text] ?? (/^[a-z_]+$/.test(text) ? plain(text) : text);

const plain = (text) => {
  const words = text.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
