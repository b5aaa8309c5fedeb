// The limits of models, ensembles and keys as they stand, and what each took in the last 24 hours.

import { ask, query } from '../api.js';
import { entryAddress } from '../catalog.js';
import { h, put } from '../dom.js';
import { count, dollars, duration, percent, words } from '../format.js';
import { liveTable } from '../live-table.js';
import { repeat } from '../poll.js';
import { field, head, meter, panel, staleness } from '../ui.js';

const PageSize = 100;
const FoundAtOnce = 1000;
const Kinds = {
  model: { title: 'Models', group: 'model', whenEmpty: 'No models on this page.' },
  alias: { title: 'Ensembles with a limit', group: 'ensemble', whenEmpty: 'No ensemble on this page has a rate limit.' },
  caller: { title: 'Keys with a limit', group: 'caller', whenEmpty: 'No key on this page has a rate limit.' },
};

export async function show(root, { search }, signal) {
  const clock = countdowns(signal);
  const stale = staleness();
  const tables = Object.fromEntries(Object.entries(Kinds).map(([kind, about]) => [kind,
    liveTable(about.title, columns(kind, clock, signal), (row) => row.gate, about.whenEmpty)]));
  const first = h('button', { type: 'button', onClick: () => turn(null) }, 'First page');
  const next = h('button', { type: 'button', onClick: () => turn(last) }, 'Next page');
  const pages = h('nav', { class: 'row end', 'aria-label': 'Pages of limits', hidden: true }, first, next);
  const find = field('Find by name', h('input', { type: 'search', value: search.get('find') ?? '', autocomplete: 'off', onInput: () => turn(null) }));

  put(root,
    head('Models', 'Limits and cooldowns as they stand, read every few seconds. Calls, times and costs are those of the last 24 hours.',
      h('div', { class: 'find' }, find.element)),
    stale.element,
    Object.entries(Kinds).map(([kind, about]) => panel(about.title, tables[kind].element)),
    pages);

  let last = null;
  let totals = null;
  const turn = (after) => {
    for (const [name, value] of [['after', after], ['find', find.control.value.trim()]]) {
      if (value) search.set(name, value);
      else search.delete(name);
    }
    history.replaceState(null, '', `#/models${search.size > 0 ? `?${search}` : ''}`);
    refresh();
  };

  repeat(async () => {
    totals = Object.fromEntries(await Promise.all(Object.entries(Kinds).map(async ([kind, { group }]) => {
      const groups = (await ask(`/admin/usage${query({ group_by: group })}`, { signal })).data;
      return [kind, new Map(groups.map((sum) => [sum[group], sum]))];
    })));
    if (!signal.aborted) refresh();
  }, 15000, signal, (error) => error && stale.set(error));

  const refresh = repeat(async () => {
    const text = search.get('find');
    const page = await (text ? findGates(text, signal) : ask(`/admin/gates${query({ limit: PageSize, after: search.get('after') })}`, { signal }));
    if (signal.aborted || text !== search.get('find')) return;
    const rows = page.data.map((gate) => {
      const [kind, name] = split(gate.gate);
      return { ...gate, kind, name, total: totals && (totals[kind].get(name) ?? None), until: performance.now() + (gate.cooling_down_seconds ?? 0) * 1000 };
    });
    for (const kind of Object.keys(Kinds)) tables[kind].set(rows.filter((row) => row.kind === kind));
    last = page.data.at(-1)?.gate ?? null;
    pages.hidden = text !== null || (!page.has_more && !search.has('after'));
    first.disabled = !search.has('after');
    next.disabled = !page.has_more;
    clock.tick();
  }, 2500, signal, stale.set);
}

const None = { calls: 0, failures: 0, p50_ms: null, p95_ms: null, cached_share: null, known_cost_usd: 0, unpriced_calls: 0 };

const split = (gate) => [gate.slice(0, gate.indexOf(':')), gate.slice(gate.indexOf(':') + 1)];

async function findGates(text, signal) {
  const wanted = text.toLowerCase();
  const data = [];
  let page;
  do {
    page = await ask(`/admin/gates${query({ limit: FoundAtOnce, after: page?.data.at(-1)?.gate })}`, { signal });
    data.push(...page.data.filter((gate) => split(gate.gate)[1].toLowerCase().includes(wanted)));
  } while (page.has_more && data.length < PageSize);
  return { data: data.slice(0, PageSize), has_more: false };
}

function columns(kind, clock, signal) {
  const isModel = kind === 'model';
  return [
    { name: 'Name', once: true, cell: (row) => (kind === 'caller' ? h('strong', null, row.name) : [h('strong', null, row.name), entryOf(row.name, signal)]) },
    isModel && { name: 'State', cell: (row) => state(row, clock) },
    { name: 'In flight', right: true, cell: (row) => level(row.in_flight, `${row.name}: in flight`) },
    { name: 'Requests / min', right: true, cell: (row) => level(row.requests_this_minute, `${row.name}: requests this minute`) },
    { name: 'Tokens / min', right: true, cell: (row) => level(row.tokens_this_minute, `${row.name}: tokens this minute`) },
    { name: 'Requests / day', right: true, cell: (row) => level(row.requests_this_day, `${row.name}: requests this day`) },
    isModel && { name: 'Failures in a row', right: true, cell: (row) => count(row.failures_in_a_row) },
    { name: 'Calls', right: true, cell: (row) => row.total && count(row.total.calls) },
    { name: 'Errors', right: true, nowrap: true, cell: (row) => row.total && (row.total.calls === 0 ? '–' : percent(row.total.failures / row.total.calls)) },
    { name: 'p50 / p95', right: true, cell: (row) => row.total && (row.total.calls === 0 ? '–' : [h('span', { class: 'nowrap' }, `${duration(row.total.p50_ms)} / `), h('span', { class: 'nowrap' }, duration(row.total.p95_ms))]) },
    isModel && { name: 'Cached', right: true, nowrap: true, cell: (row) => row.total && percent(row.total.cached_share) },
    { name: 'Cost', right: true, nowrap: true, cell: (row) => row.total && `${dollars(row.total.known_cost_usd)}${row.total.unpriced_calls > 0 ? ` + ${count(row.total.unpriced_calls)} unknown` : ''}` },
  ].filter(Boolean);
}

/** What is counted, of how much. */
function level({ count: used, limit }, label) {
  if (limit === null) return h('span', null, count(used), h('span', { class: 'visually-hidden' }, ', no limit'));
  return [h('span', { class: 'nowrap' }, `${count(used)} / ${count(limit)}`), meter(used / limit, label)];
}

function state(row, clock) {
  if (row.state === 'in_use') return h('span', { class: 'badge good' }, 'in use');
  const cause = h('div', { class: 'small muted' }, `after ${words(row.cooldown_cause)}`);
  if (row.state === 'probing') return [h('span', { class: 'badge warn' }, 'probing'), h('div', { class: 'small muted' }, 'one call decides'), cause];
  return [h('span', { class: 'badge bad' }, 'cooling down'), clock.until(row.until), cause];
}

/** Clocks that count down by themselves between two answers. */
function countdowns(signal) {
  const write = (element) => {
    const seconds = Math.max(0, Math.ceil((Number(element.dataset.until) - performance.now()) / 1000));
    const text = seconds === 0 ? 'a call may try it now' : `${duration(seconds * 1000).replace(/\.0+ s$/, ' s').replace(/(\d)\.\d\d s$/, '$1 s')} left`;
    if (element.textContent !== text) put(element, text);
  };
  const tick = () => document.querySelectorAll('[data-until]').forEach(write);
  const timer = setInterval(tick, 250);
  signal.addEventListener('abort', () => clearInterval(timer));
  return {
    tick,
    until(time) {
      const element = h('div', { class: 'small number', dataset: { until: time } });
      write(element);
      return element;
    },
  };
}

/** The catalog's entry, read when somebody opens it. */
function entryOf(name, signal) {
  const text = h('pre', { class: 'small entry', tabindex: '0', 'aria-label': `Catalog entry of ${name}` }, 'Loading…');
  return h('details', {
    class: 'small',
    async onToggle(event) {
      if (!event.target.open) return;
      try {
        put(text, JSON.stringify((await ask(entryAddress(name), { signal })).entry, null, 2));
      } catch (error) {
        if (error.name !== 'AbortError') put(text, error.message);
      }
    },
  }, h('summary', null, 'Entry', h('span', { class: 'visually-hidden' }, ` of ${name}`)), text);
}
