// Who is in the cluster, how each member stands, and where each gate lives.

import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { bytes, count, moment, words } from '../format.js';
import { liveTable } from '../live-table.js';
import { repeat } from '../poll.js';
import { field, head, liveTiles, meter, panel, staleness } from '../ui.js';

const MostGates = 100;

export async function show(root, { search }, signal) {
  const stale = staleness();
  const problem = h('div', { role: 'status' });
  const figures = liveTiles(['Silos', 'Runs in flight', 'Gates', 'Usage that waits']);
  const members = liveTable('Members', memberColumns, keyOf, 'No member is known.');
  const activations = liveTable('Activations', activationColumns, keyOf, 'No silo answers.');
  const gates = liveTable('Gates', gateColumns, (row) => `${row.gate} ${row.member}`, 'No gate is open, or none has that name.');
  const find = field('Find a gate by name',
    h('input', { type: 'search', value: search.get('find') ?? '', autocomplete: 'off', onInput: () => draw() }));
  const more = h('p', { class: 'note', hidden: true });

  put(root,
    head('Cluster', 'Members, the grains in each, and how full its queues are. Refreshed every few seconds.'),
    stale.element, problem, figures.element,
    panel('Members', members.element),
    panel('Activations', activations.element),
    panel('Gates', h('div', { class: 'find' }, find.element), gates.element, more));

  let report = null;
  const draw = () => {
    if (report === null) return;
    const text = find.control.value.trim().toLowerCase();
    const rows = report.members.flatMap((member) => (member.node?.gates ?? []).map((gate) => ({ gate, member: member.name })))
      .filter((row) => row.gate.toLowerCase().includes(text))
      .sort((left, right) => (left.gate < right.gate ? -1 : 1));
    gates.set(rows.slice(0, MostGates));
    put(more, `${count(rows.length - MostGates)} more: find one by its name.`);
    more.hidden = rows.length <= MostGates;
  };

  repeat(async () => {
    report = await ask('/admin/cluster', { signal });
    if (signal.aborted) return;
    put(problem, report.problem && h('p', { class: 'problem' }, report.problem));
    members.set(report.members);
    activations.set(report.members.filter((member) => Object.keys(member.node?.activations ?? {}).length > 0));
    figures.set(sumUp(report.members));
    draw();
  }, 5000, signal, stale.set);
}

// A silo that starts again is another one, also under the same name.
const keyOf = (member) => `${member.name} ${member.address} ${member.started_at}`;

function sumUp(members) {
  const silos = members.filter((member) => member.address !== null && member.status !== 'dead');
  const silent = members.filter((member) => member.problem !== null);
  const nodes = members.filter((member) => member.node !== null).map((member) => member.node);
  const sum = (figure) => nodes.reduce((total, node) => total + figure(node), 0);
  const executing = nodes.filter((node) => node.role !== 'frontend');
  return [
    [count(silos.length), silent.length > 0 ? `${count(silent.length)} without an answer` : ''],
    [count(executing.reduce((total, node) => total + node.runs_in_flight, 0)), ''],
    [count(sum((node) => node.gate_count)), ''],
    [
      bytes(sum((node) => node.ledger.bytes)),
      `of ${bytes(sum((node) => node.ledger.capacity_bytes))}; ${count(sum((node) => node.ledger.dropped))} lost`,
    ],
  ];
}

const memberColumns = [
  { name: 'Name', cell: (row) => [h('strong', null, row.name), row.address && h('div', { class: 'small muted' }, row.address)] },
  { name: 'Status', cell: (row) => [status(row), row.problem && h('div', { class: 'small muted' }, row.problem)] },
  { name: 'Role', cell: (row) => row.node?.role ?? '–' },
  { name: 'Version', cell: (row) => row.node?.version ?? '–' },
  { name: 'Started', nowrap: true, cell: (row) => moment(row.started_at) },
  { name: 'Seen', nowrap: true, cell: (row) => moment(row.seen_at) },
  { name: 'Runs', right: true, cell: (row) => count(row.node?.runs_in_flight) },
  { name: 'Usage that waits', right: true, cell: (row) => level(row.node?.ledger, `${row.name}: usage that waits`) },
  { name: 'Bodies and answers', right: true, cell: (row) => level(row.node?.buffers, `${row.name}: bodies and answers`) },
  { name: 'Memory', right: true, nowrap: true, cell: (row) => bytes(row.node?.memory_bytes) },
];

const activationColumns = [
  { name: 'Member', cell: (row) => h('strong', null, row.name) },
  ...['runs', 'model_gates', 'caller_gates', 'usage_watch', 'orleans'].map((kind) => ({
    name: kind === 'orleans' ? "Orleans' own" : `${kind[0].toUpperCase()}${words(kind).slice(1)}`,
    right: true,
    cell: (row) => count(row.node.activations[kind]),
  })),
];

const gateColumns = [
  { name: 'Gate', cell: (row) => h('strong', null, row.gate) },
  { name: 'Lives in', cell: (row) => row.member },
];

function status(member) {
  const tone = member.status !== 'active' ? (member.status === 'dead' ? 'bad' : 'warn') : member.problem === null ? 'good' : 'bad';
  return h('span', { class: `badge ${tone}` }, member.problem === null ? words(member.status) : 'no answer');
}

function level(queue, label) {
  if (!queue) return '–';
  return [h('span', { class: 'nowrap' }, bytes(queue.bytes)), meter(queue.bytes / queue.capacity_bytes, label)];
}
