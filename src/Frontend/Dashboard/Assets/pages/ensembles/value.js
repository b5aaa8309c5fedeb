// Whether an ensemble is worth its money, by what its runs say: the sentence, its members, and how far they agree.

import { ask, query } from '../../api.js';
import { chart } from '../../chart.js';
import { h, put, svg } from '../../dom.js';
import { count, counted, dollars, duration, percent, words } from '../../format.js';
import { bar, head, panel, problem, table, tiles } from '../../ui.js';

const Day = 24 * 3600 * 1000;

const Ranges = [
  { name: 'day', title: '24 hours', length: Day },
  { name: 'week', title: '7 days', length: 7 * Day },
  { name: 'month', title: '30 days', length: 30 * Day },
  { name: 'quarter', title: '90 days', length: 90 * Day },
];

const DefaultRange = 'month';

const Tones = { use_it: 'good', do_not_fuse: 'bad', drop_member: 'warn', too_few_runs: '' };

/** The address of an ensemble's page. */
export const valueOf = (name, range) => `#/ensembles/${encodeURIComponent(name)}${query({ value: 'yes', range })}`;

export async function showValue(root, name, rangeName, signal) {
  const range = Ranges.find((one) => one.name === rangeName) ?? Ranges.find((one) => one.name === DefaultRange);
  const links = Ranges.map((one) => h('a', { href: valueOf(name, one.name), 'aria-current': one === range && 'true' }, one.title));
  const body = h('div', { class: 'stack page' }, h('p', { class: 'empty' }, 'Adding up …'));
  put(root,
    head(`Value of ${name}`, 'What its runs say of it and of its members. No prompt and no answer is kept for this.',
      h('nav', { class: 'choice', 'aria-label': 'Range' }, links), h('a', { class: 'button', href: `#/ensembles/${encodeURIComponent(name)}` }, 'Change it')),
    body);
  try {
    const now = new Date();
    const report = await ask(`/admin/ensembles/${encodeURIComponent(name)}/report${query({ from: new Date(now - range.length).toISOString(), to: now.toISOString() })}`, { signal });
    if (!signal.aborted) put(body, parts(report));
  } catch (error) {
    if (!signal.aborted) put(body, problem(error));
  }
}

function parts(report) {
  const { runs, agreement, early_stops: stops, cost, latency, feedback } = report;
  return [
    h('p', { class: `panel verdict sentence anywhere ${Tones[report.verdict]}` }, report.sentence),
    tiles([
      ['Runs', count(runs.counted), `${count(runs.completed)} completed, ${count(runs.degraded?.count ?? 0)} degraded`],
      ['Agreement', percent(agreement.mean), `mean of ${counted(agreement.runs, 'run')}`],
      ['Cost of a run', dollars(cost.per_run_usd), memberCosts(cost.cheapest, cost.most_expensive, (one) => dollars(one.per_answer_usd))],
      ['Latency', duration(latency.p50_ms), latency.p95_ms === null ? 'no run was completed' : `median; p95 ${duration(latency.p95_ms)}`],
      ['Ended early', percent(stops.share?.value), stops.saved_calls === 0 ? 'no call was saved' : `${counted(stops.saved_calls, 'call')} and about ${dollars(stops.saved_cost_usd)} saved`],
      ['Right', percent(feedback.right?.value), feedback.right ? `${range(feedback.right)} of ${count(feedback.count)} with feedback` : 'no feedback so far'],
    ]),
    panel('Members', table('Members', columns(feedback.count > 0), report.members, 'No member was asked in this range.'),
      h('p', { class: 'muted small' }, 'In brackets: the interval of 95 %, and of how many. A vote without a member is counted over its answers as they were, whatever the strategy.')),
    report.pairs.length > 0 && panel('How often two members say the same', heatMap(report)),
    agreement.over_time.length > 0 && h('section', { class: 'panel', 'aria-label': 'Agreement over time' }, overTime(agreement)),
    left(runs) && h('p', { class: 'muted small' }, left(runs)),
  ];
}

const memberCosts = (cheapest, mostExpensive, figure) => (cheapest === null ? 'no member’s cost is known'
  : cheapest.member === mostExpensive.member ? `an answer of ${cheapest.member}: ${figure(cheapest)}`
  : `an answer of ${cheapest.member}: ${figure(cheapest)}, of ${mostExpensive.member}: ${figure(mostExpensive)}`);

const columns = (hasFeedback) => [
  { name: 'Member', cell: (one) => [h('span', { class: 'strong anywhere' }, one.member), h('div', { class: 'muted small' }, `usable ${count(one.usable)} of ${count(one.asked)}`), missing(one)] },
  { name: 'Gives the answer', right: true, cell: (one) => share(one.won) },
  { name: 'Alone', right: true, wide: true, cell: (one) => share(one.alone) },
  { name: 'A vote without it differs', right: true, cell: (one) => share(one.decisive) },
  { name: 'Of the cost', right: true, cell: (one) => [percent(one.cost_share), one.cost_share !== null && bar(one.cost_share)] },
  { name: 'Of the waiting', right: true, wide: true, cell: (one) => [percent(one.waiting_share), one.waiting_share !== null && bar(one.waiting_share)] },
  { name: 'p50, p95', right: true, nowrap: true, wide: true, cell: (one) => `${duration(one.p50_ms)}, ${duration(one.p95_ms)}` },
  ...(hasFeedback ? [
    { name: 'Right if it agrees', right: true, cell: (one) => share(one.right_with) },
    { name: 'Right if it differs', right: true, cell: (one) => share(one.right_against) },
  ] : []),
];

const missing = (one) => one.missing.length > 0
  && h('div', { class: 'muted small' }, one.missing.slice(0, 3).map(({ reason, count: times }) => `${count(times)} ${words(reason)}`).join(', '));

const range = (one) => `${percent(one.low)} to ${percent(one.high)}`;

const share = (one) => (one === null ? '–' : [percent(one.value), h('div', { class: 'muted small' }, `(${range(one)}, ${count(one.of)})`)]);

/** Rows and columns are members: the darker, the more often both say the same. */
function heatMap({ members, pairs }) {
  const names = members.map((one) => one.member);
  const of = (left, right) => pairs.find((pair) => (pair.first === left && pair.second === right) || (pair.first === right && pair.second === left))?.agreed;
  const [label, side] = [170, 56];
  const cell = (row, column) => {
    const agreed = row === column ? null : of(names[row], names[column]);
    const place = { x: label + column * side, y: 24 + row * side };
    return svg('g', null,
      svg('rect', { ...place, width: side - 3, height: side - 3, rx: 4, class: agreed ? `heat-${Math.min(4, Math.floor(agreed.value * 5))}` : 'heat-none' }),
      agreed && svg('text', { x: place.x + (side - 3) / 2, y: place.y + side / 2, 'text-anchor': 'middle', class: `heat-text heat-text-${Math.min(4, Math.floor(agreed.value * 5))}` }, percent(agreed.value)));
  };
  const short = (name) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
  const width = label + names.length * side;
  const drawing = svg('svg', { class: 'heat', viewBox: `0 0 ${width} ${24 + names.length * side}`, role: 'img', 'aria-label': `Agreement: ${pairs.map((pair) => `${pair.first} and ${pair.second} ${percent(pair.agreed.value)}`).join('; ')}` },
    names.map((_, column) => svg('text', { x: label + column * side + (side - 3) / 2, y: 15, 'text-anchor': 'middle' }, column + 1)),
    names.map((name, row) => svg('text', { x: 0, y: 24 + row * side + side / 2 }, `${row + 1} ${short(name)}`)),
    names.map((_, row) => names.map((__, column) => cell(row, column))));
  return h('div', { class: 'two-thirds' },
    h('div', { class: 'heat-place' }, drawing),
    table('Agreement of two members', [
      { name: 'Members', cell: (pair) => h('span', { class: 'anywhere' }, `${pair.first}, ${pair.second}`) },
      { name: 'Same', right: true, cell: (pair) => share(pair.agreed) },
    ], pairs, ''));
}

const overTime = ({ unit, over_time: points }) => chart(
  'Agreement over time',
  points.map(({ start }) => (unit === 'hour' ? `${start.slice(5, 10)} ${start.slice(11, 16)}` : start.slice(0, 10))),
  [{ name: 'Mean agreement (UTC)', color: 'series-2', values: points.map((point) => point.mean) }], percent, 1);

const left = ({ replays, older }) => [
  older > 0 && `Left out: ${counted(older, 'run')} of an older version, which say too little.`,
  replays > 0 && `Left out: ${counted(replays, 'replay')}.`,
].filter(Boolean).join(' ');
