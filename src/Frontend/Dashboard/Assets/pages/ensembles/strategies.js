// What each strategy is for, and which settings it reads.

/** In the order in which they are offered: name, what it is for, whether it asks a panel, and what it does with a judge. */
export const Strategies = [
  { name: 'synthesize', line: 'A judge writes one answer from the panel’s. For open questions: prose, plans, code, research.', asksPanel: true, judge: 'required' },
  { name: 'best_of', line: 'A judge picks one of the panel’s answers, which is given word for word. For answers that must stay in one voice.', asksPanel: true, judge: 'required' },
  { name: 'vote', line: 'The answer that most weight stands behind. For numbers, choices, yes or no, labels, JSON, tool calls.', asksPanel: true, judge: 'optional' },
  { name: 'consensus', line: 'The answer nearest to all of them. For prose without a judge, and for many samples of one model.', asksPanel: true, judge: null },
  { name: 'confidence', line: 'The answer whose model is surest. For short answers of models whose log-probabilities mean something.', asksPanel: true, judge: null },
  { name: 'adaptive', line: 'Vote, confidence, consensus or synthesis, by what came. One name for all kinds of questions.', asksPanel: true, judge: 'optional' },
  { name: 'cascade', line: 'Cheap models first, expensive ones where those do not agree. For much traffic of which most is easy.', asksPanel: true, judge: null },
  { name: 'verify', line: 'One answers, another audits, a third answers where the audit fails. For a good cheap model with known lapses.', asksPanel: false, judge: null },
  { name: 'route', line: 'The request decides which model answers. For traffic of clearly different kinds.', asksPanel: false, judge: null },
  { name: 'specialist', line: 'A planner splits the request, models answer the parts, a judge puts them together. For requests of independent parts.', asksPanel: false, judge: 'required' },
];

export const strategyOf = (name) => Strategies.find((one) => one.name === (name ?? 'synthesize')) ?? Strategies[0];

const Comparing = Strategies.filter((one) => one.asksPanel).map((one) => one.name);

/** Which strategies read a block or a switch; one of another strategy is an error. */
const Readers = {
  best_of: ['best_of'],
  consensus: Comparing,
  confidence: ['confidence', 'adaptive'],
  cascade: ['cascade'],
  verify: ['verify'],
  route: ['route'],
  specialist: ['specialist'],
  analysis: ['synthesize', 'adaptive'],
};

/** What a strategy does with tools: what else than refusing them it can, and what it does by default. */
export function toolsOf({ name, judge }) {
  const counts = ['vote', 'adaptive', 'cascade'].includes(name);
  const writes = !Comparing.includes(name) || judge === 'required' || name === 'cascade';
  return { modes: [...(writes || judge === 'optional' ? ['advise'] : []), ...(counts ? ['vote'] : []), 'reject'], usual: writes ? 'advise' : 'reject' };
}

export const reads = (strategy, field) => (Readers[field] ?? [strategy]).includes(strategy);

/** An ensemble's block without what its strategy would not read: the draft keeps that, for users who change their minds. */
export const composed = (entry) => {
  const block = entry.ensemble ?? {};
  const strategy = block.strategy ?? 'synthesize';
  const { modes } = toolsOf(strategyOf(strategy));
  const isRead = ([field, value]) => reads(strategy, field) && (field !== 'tools' || !value?.mode || modes.includes(value.mode));
  const ensemble = Object.fromEntries(Object.entries(block).filter(isRead));
  if (ensemble.tools?.mode && ensemble.tools.panel === undefined) ensemble.tools = ensemble.tools.mode;
  return { ...entry, ensemble };
};

const audit = (path) => ({
  path, label: 'Where the verifier says nothing', kind: 'choice', choices: [['', 'escalate (default)'], 'escalate', 'accept'], hint: 'Escalate: as an audit that failed. Accept: the answer is given.',
});

/** The knobs of a strategy's own block. `list` and `map` hold several. */
export const own = {
  best_of: [{ path: 'ensemble.best_of.swap', label: 'Pick twice', kind: 'switch', hint: 'A second time in the reverse order; two different picks are none. Twice the judge’s cost.' }],
  confidence: [{ path: 'ensemble.confidence.source', label: 'What is compared', kind: 'choice', choices: [['', 'logprobs (default)'], 'logprobs', 'self_report'], hint: 'The answer’s mean log-probability, or a number that a second call asks the model for.' }],
  get adaptive() { return this.confidence; },
  consensus: [],
  synthesize: [],
  vote: [],
  cascade: [
    { path: 'ensemble.cascade.rungs', label: 'Rungs', kind: 'rungs', placeholder: 'the first two members,\nthen each further one alone', hint: 'A line a rung, models of the panel with commas between them. Each stands in exactly one.' },
    { path: 'ensemble.cascade.accept.min_agreement', label: 'Agreement that is enough', kind: 'number', placeholder: '1', hint: '0 to 1, of a rung of several answers.' },
    { path: 'ensemble.cascade.accept.verifier', label: 'Verifier', kind: 'chat', none: 'None', hint: 'Also has to pass each rung’s answer but the last.' },
  ],
  verify: [
    { path: 'ensemble.verify.verifier', label: 'Verifier', kind: 'chat', hint: 'Audits the answer.' },
    { path: 'ensemble.verify.primary', label: 'Primary', kind: 'chat', none: 'The panel’s first member', hint: 'Answers first.' },
    { path: 'ensemble.verify.escalate_to', label: 'Escalate to', kind: 'chat', none: 'The panel’s last other model', hint: 'Answers where the audit fails.' },
    audit('ensemble.verify.on_verifier_failure'),
  ],
  route: [
    { path: 'ensemble.route.default', label: 'Default', kind: 'chat', hint: 'Answers where nothing else decides, and where a target fails.' },
    { path: 'ensemble.route.classifier', label: 'Classifier', kind: 'chat', none: 'None', hint: 'Chooses where no rule matches.' },
    { path: 'ensemble.route.verify.verifier', label: 'Verifier', kind: 'chat', none: 'None', hint: 'Audits answers of targets other than the default.' },
    audit('ensemble.route.verify.on_verifier_failure'),
    { path: 'ensemble.route.shadow_rate', label: 'Share to compare', kind: 'number', placeholder: '0', hint: '0 to 1: of what is routed elsewhere the default is asked as well. Is paid for.' },
    { path: 'ensemble.route.rules', kind: 'rules' },
    { path: 'ensemble.route.descriptions', kind: 'map', label: 'What models are good at', hint: 'For the classifier.', keyLabel: 'Model', keyKind: 'chat', valueLabel: 'Description', valueKind: 'text', item: 'description' },
  ],
  specialist: [
    { path: 'ensemble.specialist.planner', label: 'Planner', kind: 'chat', hint: 'Splits the request into parts.' },
    { path: 'ensemble.specialist.max_subtasks', label: 'Parts at most', kind: 'number', placeholder: '5', hint: '1 to 20.' },
    { path: 'ensemble.specialist.members', kind: 'map', label: 'Who answers which part', hint: 'Name topics as you would to a person: the planner reads them.', keyLabel: 'Topic', keyKind: 'text', valueLabel: 'Model', valueKind: 'chat', item: 'topic' },
  ],
};
