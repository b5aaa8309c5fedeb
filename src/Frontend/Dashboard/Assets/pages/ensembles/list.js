// Every ensemble of the catalog.

import { entries, heads } from '../../catalog.js';
import { h, put } from '../../dom.js';
import { head, panel, problem, table } from '../../ui.js';
import { strategyOf } from './strategies.js';
import { valueOf } from './value.js';

/** Entries are read one by one: so many at a time. */
const PageSize = 50;

const columns = [
  { name: 'Ensemble', cell: ({ display_name: name }) => h('a', { class: 'strong anywhere', href: `#/ensembles/${encodeURIComponent(name)}` }, name) },
  { name: 'Strategy', nowrap: true, cell: ({ ensemble }) => strategyOf(ensemble.strategy).name.replaceAll('_', ' ') },
  { name: 'Panel', cell: ({ ensemble }) => members(ensemble.panel) },
  { name: 'Judge', wide: true, cell: ({ ensemble }) => h('span', { class: 'anywhere' }, ensemble.judge?.model ?? '–') },
  { name: '', right: true, nowrap: true, cell: ({ display_name: name }) => h('a', { href: valueOf(name), 'aria-label': `Value of ${name}` }, 'Value') },
  { name: '', right: true, wide: true, nowrap: true, cell: ({ display_name: name }) => h('a', { href: `#/playground?model=${encodeURIComponent(name)}`, 'aria-label': `Ask ${name}` }, 'Ask') },
];

function members(panel = []) {
  if (panel.length === 0) return h('span', { class: 'muted' }, 'none of its own');
  const counts = new Map();
  for (const { model, samples = 1 } of panel) counts.set(model, (counts.get(model) ?? 0) + samples);
  return h('ul', { class: 'chips' }, [...counts].map(([model, times]) => h('li', { class: 'badge anywhere' }, times > 1 ? `${model} × ${times}` : model)));
}

export async function showList(root, signal) {
  const body = h('div', { class: 'stack' }, h('p', { class: 'empty' }, 'Loading …'));
  put(root, head('Ensembles', 'Names under which several models answer as one.', h('a', { class: 'button primary', href: '#/ensembles?new=yes' }, 'New ensemble')), body);
  try {
    const names = (await heads('models', signal)).filter((one) => one.kind === 'ensemble').map((one) => one.name);
    const shown = [];
    const more = async () => {
      shown.push(...await entries(names.slice(shown.length, shown.length + PageSize), signal));
      put(body,
        panel(`${names.length} ensemble${names.length === 1 ? '' : 's'}`, table('Ensembles', columns, shown, 'There is none yet: make one of the models that the catalog has.')),
        shown.length < names.length && names.length > PageSize && h('div', { class: 'row' }, h('button', { type: 'button', onclick: more }, 'More')));
    };
    await more();
  } catch (error) {
    if (!signal.aborted) put(body, problem(error));
  }
}
