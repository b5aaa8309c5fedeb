// The knobs that ensembles have whatever their strategy is, with their defaults and units.

import { reads, toolsOf } from './strategies.js';

const quorum = {
  vote: 'more than half', cascade: 'more than half of each rung', verify: '1', route: '1', specialist: '1',
};

/** Groups of knobs for a strategy: `{title, open, knobs}`. */
export function groups({ name, asksPanel, judge }) {
  const tools = toolsOf({ name, judge });
  const givesUp = judge !== null || name === 'cascade' || name === 'verify';
  return [
    {
      title: 'Answers',
      knobs: [
        asksPanel && { path: 'ensemble.min_responses', label: 'Answers needed', kind: 'number', placeholder: quorum[name] ?? '2, or all of a smaller panel', hint: 'Usable answers; with fewer the run fails.' },
        { path: 'ensemble.answer_type', label: 'Kind of answer', kind: 'choice', choices: [['', 'auto (default)'], 'auto', 'json', 'choice', 'number', 'yes_no', 'short_text', 'text'], hint: 'What is looked for, so that answers that say the same are equal.' },
        tools.modes.length > 1 && { path: 'ensemble.tools.mode', label: 'Tools', kind: 'choice', choices: [['', `${tools.usual} (default)`], ...tools.modes], hint: 'Advise: members say what they would do, and the model that writes the answer calls tools. Vote: members call, and the calls with most weight behind them are the answer.' },
        tools.modes.includes('advise') && { path: 'ensemble.tools.panel', label: 'Advice', kind: 'choice', choices: [['', 'every_request (default)'], 'every_request', 'once_per_user_turn'], hint: 'Once per user turn: members are not asked again for the result of a tool.' },
        reads(name, 'consensus') && { path: 'ensemble.consensus.embedding_model', label: 'Embedding model', kind: 'embedding', none: 'None: words are counted', hint: 'Says how alike prose is.' },
        reads(name, 'consensus') && { path: 'ensemble.consensus.threshold', label: 'Alike from', kind: 'number', placeholder: '0.8', hint: '0 to 1: prose at least this alike says the same.' },
        reads(name, 'analysis') && { path: 'ensemble.analysis', label: 'Analysis first', kind: 'switch', hint: 'The judge first says for the manifest what the candidates agree and differ on. One more call.' },
        givesUp && { path: 'ensemble.on_judge_failure', label: judge === null ? 'Where the last answer fails' : 'Where no judge answers', kind: 'choice', choices: [['', 'best_candidate (default)'], 'best_candidate', 'fail'], hint: 'Give the best candidate, or fail.' },
        judge !== null && asksPanel && { path: 'ensemble.always_judge', label: 'Always judge', kind: 'switch', hint: 'Also where one answer is needed, and one came.' },
      ],
    },
    {
      title: 'Times',
      knobs: [
        { path: 'ensemble.timeout_ms', label: 'A call', kind: 'number', placeholder: 'each model’s own', hint: 'Milliseconds, 0 to 3,600,000; 0 = each model’s own.' },
        { path: 'ensemble.deadline_ms', label: 'Until the answer begins', kind: 'number', placeholder: '120000', hint: 'Milliseconds. Of an answer that is not streamed: until it is whole.' },
        { path: 'ensemble.max_answer_ms', label: 'A streamed answer', kind: 'number', placeholder: '300000', hint: 'Milliseconds from its first byte to its last.' },
        judge !== null && { path: 'ensemble.idle_timeout_ms', label: 'Silence of a judge', kind: 'number', placeholder: '30000', hint: 'Milliseconds at most between two pieces of its answer.' },
        { path: 'ensemble.stream_commit_ms', label: 'Headers of a stream', kind: 'number', placeholder: '1000', hint: 'Milliseconds until they go out though no answer has begun.' },
        asksPanel && { path: 'ensemble.straggler_grace_ms', label: 'Grace for stragglers', kind: 'number or all', placeholder: name === 'synthesize' || name === 'best_of' ? '2000, or half the time to quorum' : 'all', hint: 'Milliseconds that the rest is waited for once there is quorum, or the word all.' },
      ],
    },
    {
      title: 'Budget of a run',
      knobs: [
        { path: 'ensemble.budget.max_cost_usd', label: 'Cost', kind: 'number', placeholder: 'any', hint: 'US dollars. Every model needs a price.' },
        { path: 'ensemble.budget.max_tokens', label: 'Tokens', kind: 'number', placeholder: 'any', hint: 'Of all prompts and answers together.' },
        { path: 'ensemble.budget.max_calls', label: 'Calls', kind: 'number', placeholder: 'any', hint: 'Of every kind; a repeated attempt is no further one.' },
        { path: 'ensemble.on_budget', label: 'Where it does not fit', kind: 'choice', choices: [['', 'degrade (default)'], 'degrade', 'fail'], hint: 'End with what there is, or fail with 402.' },
      ],
    },
    {
      title: 'Rate limit of its callers together',
      knobs: [
        { path: 'rate_limit.rpm', label: 'Requests a minute', kind: 'number', placeholder: 'any' },
        { path: 'rate_limit.tpm', label: 'Tokens a minute', kind: 'number', placeholder: 'any' },
        { path: 'rate_limit.rpd', label: 'Requests a day', kind: 'number', placeholder: 'any' },
        { path: 'rate_limit.concurrency', label: 'Requests in flight', kind: 'number', placeholder: 'any' },
      ],
    },
  ].map((group) => ({ ...group, knobs: group.knobs.filter(Boolean) }));
}

const efforts = [['', 'request’s'], 'none', 'low', 'medium', 'high'];

/** The knobs of one member of a panel. */
export const member = [
  { at: 'model', label: 'Model', kind: 'chat' },
  { at: 'temperature', label: 'Temperature', kind: 'number', placeholder: 'request’s', title: '0 to 2' },
  { at: 'reasoning_effort', label: 'Effort', kind: 'choice', choices: efforts, title: 'how much it thinks' },
  { at: 'seed', label: 'Seed', kind: 'number', placeholder: 'request’s' },
  { at: 'weight', label: 'Weight', kind: 'number', placeholder: '1' },
  { at: 'samples', label: 'Samples', kind: 'number', placeholder: '1' },
];

export const judge = [
  { path: 'ensemble.judge.model', label: 'Model', kind: 'chat', none: 'None' },
  { path: 'ensemble.judge.temperature', label: 'Temperature', kind: 'number or none', placeholder: '0.2', hint: '0 to 2, or the word none: none is sent.' },
  { path: 'ensemble.judge.reasoning_effort', label: 'Effort', kind: 'choice', choices: efforts, hint: 'How much it thinks before it answers.' },
];

export const judgePrompt = {
  path: 'ensemble.judge.synthesis_prompt', label: 'Prompt', kind: 'area', placeholder: 'the built-in prompt', hint: 'Holds {original_request} and {labeled_candidates}, each exactly once.',
};

/** The conditions of a rule of `route`, and where it leads. */
export const rule = [
  { at: 'to', label: 'To', kind: 'chat' },
  { at: 'when.min_words', label: 'Words from', kind: 'number', placeholder: 'any' },
  { at: 'when.max_words', label: 'Words to', kind: 'number', placeholder: 'any' },
  { at: 'when.keywords', label: 'Keywords', kind: 'words', placeholder: 'any', title: 'with commas between them' },
  { at: 'when.matches', label: 'Matches', kind: 'text', placeholder: 'a pattern', title: 'regular expression of .NET' },
  { at: 'when.not_matches', label: 'Does not match', kind: 'text', placeholder: 'a pattern', title: 'regular expression of .NET' },
  { at: 'when.has_images', label: 'Images', kind: 'yes or no' },
];
