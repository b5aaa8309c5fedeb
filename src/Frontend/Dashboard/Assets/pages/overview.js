// What the gateway did in a range of time: figures, charts, what costs most, and what happens now.

import { ask, query } from '../api.js';
import { chart } from '../chart.js';
import { h, put } from '../dom.js';
import { firstSteps } from '../first-steps.js';
import { count, counted, dollars, duration, percent } from '../format.js';
import { liveCalls } from '../live-calls.js';
import { liveTable } from '../live-table.js';
import { repeat } from '../poll.js';
import { axisStart, rangeOf, Ranges, timeline } from '../timeline.js';
import { bar, head, liveTiles, panel, staleness } from '../ui.js';

const MostRows = 8;

export async function show(root, { search }, signal) {
  let range = rangeOf(search.get('range'));
  const links = Ranges.map((one) => h('a', {
    href: '#/overview',
    onClick(event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (one === range) return;
      range = one;
      search.set('range', one.name);
      history.pushState(null, '', address(search, one));
      mark();
      refresh();
    },
  }, one.title));
  const mark = () => links.forEach((link, index) => {
    link.href = address(search, Ranges[index]);
    if (Ranges[index] === range) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  });

  const stale = staleness();
  const welcome = h('div', { hidden: true });
  const figures = liveTiles(['Runs', 'Failed', 'Cost', 'Tokens', 'Latency', 'Agreement']);
  const charts = ['Runs', 'Cost', 'Latency', 'Agreement'].map((title) => chartPlace(title));
  const costs = [
    costTable('Ensemble or model', 'ensemble', (name) => h('a', { href: `#/runs${query({ ensemble: name, range: range.name })}` }, name)),
    costTable('Called model', 'model', (name) => h('a', { href: `#/models${query({ find: name })}` }, name)),
    costTable('Key', 'caller', (name) => h('a', { href: `#/runs${query(name === null ? { keyless: 'yes', range: range.name } : { caller: name, range: range.name })}` }, name ?? 'without a key')),
  ];
  const feed = liveCalls(search, signal);

  put(root,
    head('Overview', 'What was asked, what it took, and what happens now.', h('nav', { class: 'choice', 'aria-label': 'Range' }, links)),
    stale.element, welcome, figures.element,
    h('div', { class: 'charts' }, charts.map((place) => place.element)),
    h('div', { class: 'grid costs' }, costs.map((cost) => panel(`Cost by ${cost.title.toLowerCase()}`, cost.table.element))),
    feed.element);
  mark();

  let isKnown = false;
  const refresh = repeat(async () => {
    const shown = range;
    const now = new Date();
    const from = new Date(now - shown.length).toISOString();
    const axis = axisStart(shown, now);
    const groups = async (endpoint, group_by, since) => (await ask(`/admin/${endpoint}${query({ group_by, from: since, to: now.toISOString() })}`, { signal })).data;
    const [outcomes, runs, calls, ...sums] = await Promise.all([
      groups('runs', 'outcome', from), groups('runs', shown.unit, axis.toISOString()), groups('usage', shown.unit, axis.toISOString()),
      ...costs.map((cost) => groups('usage', cost.by, from)),
    ]);
    isKnown ||= outcomes.length > 0 || (await ask('/admin/runs?limit=1&from=2020-01-01T00:00:00Z', { signal })).data.length > 0;
    if (signal.aborted || shown !== range) return;

    if (isKnown) {
      welcome.hidden = true;
    } else if (welcome.hidden) {
      put(welcome, await firstSteps(signal));
      welcome.hidden = false;
    }

    figures.set(sumUp(outcomes, sums[1]));
    draw(charts, timeline(shown, axis, now, runs), timeline(shown, axis, now, calls));
    costs.forEach((cost, index) => cost.set(sums[index]));
  }, 15000, signal, stale.set);
}

function address(search, range) {
  const parameters = new URLSearchParams(search);
  parameters.set('range', range.name);
  return `#/overview?${parameters}`;
}

function sumUp(outcomes, models) {
  const sum = (groups, figure) => groups.reduce((total, group) => total + group[figure], 0);
  const [runs, failures] = [sum(outcomes, 'runs'), sum(outcomes, 'failures')];
  const completed = outcomes.find((group) => group.outcome === 'completed');
  // Percentiles are not kept for ranges over 7 days.
  const isExact = completed && completed.p50_ms !== null;
  const unpriced = sum(models, 'unpriced_calls');
  const [sent, received] = [sum(models, 'prompt_tokens'), sum(models, 'completion_tokens')];
  const estimated = sum(models, 'estimated_prompt_tokens') + sum(models, 'estimated_completion_tokens');
  return [
    [count(runs), `${count(sum(outcomes, 'degraded'))} degraded`],
    [runs === 0 ? percent(null) : percent(failures / runs), `${count(failures)} of ${count(runs)}`],
    [dollars(sum(models, 'known_cost_usd')), unpriced === 0 ? 'no call of unknown cost' : `and ${counted(unpriced, 'call')} of unknown cost`],
    [count(sent + received), `${count(sent)} in, ${count(received)} out${estimated > 0 ? `; about ${count(estimated)} more` : ''}`],
    isExact ? [duration(completed.p50_ms), `median; p95 ${duration(completed.p95_ms)}, of completed runs`]
      : [duration(completed?.average_ms), completed ? 'average of completed runs' : ''],
    [percent(completed?.average_agreement), 'average of completed runs'],
  ];
}

function draw([runs, cost, latency, agreement], byRuns, byCalls) {
  runs.set(byRuns.labels, [
    { name: 'Runs', color: 'series-1', kind: 'bar', values: byRuns.values((group) => group.runs, 0) },
    { name: 'Failed', color: 'series-bad', kind: 'bar', values: byRuns.values((group) => group.failures, 0) },
  ], count);
  cost.set(byCalls.labels, [{ name: 'Known cost', color: 'series-1', kind: 'bar', values: byCalls.values((group) => group.known_cost_usd, 0) }], dollars);
  const percentiles = [
    { name: 'p50', color: 'series-1', values: byRuns.values((group) => group.p50_ms, null) },
    { name: 'p95', color: 'series-3', values: byRuns.values((group) => group.p95_ms, null) },
  ];
  const average = { name: 'Average', color: 'series-4', values: byRuns.values((group) => (group.p50_ms === null ? group.average_ms : null), null) };
  // Percentiles are not kept for every range: averages stand in their place.
  const parts = [...percentiles, average].filter((one) => one.values.some((value) => value !== null));
  latency.set(byRuns.labels, parts.length > 0 ? parts : percentiles, duration);
  agreement.set(byRuns.labels, [{ name: 'Average agreement', color: 'series-2', values: byRuns.values((group) => group.average_agreement, null) }], percent, 1);
}

/** A place for a chart, as high before there are figures as with them. It is drawn again only where figures changed. */
function chartPlace(title) {
  let drawn = '';
  const element = h('section', { class: 'panel chart-place', 'aria-label': title }, h('h2', null, title), h('p', { class: 'empty' }, 'Loading…'));
  return {
    element,
    set(labels, series, format, most) {
      const figures = JSON.stringify([labels, series]);
      if (figures === drawn) return;
      drawn = figures;
      const before = element.querySelector('details');
      const isOpen = before?.open;
      const hasFocus = before?.contains(document.activeElement);
      put(element, chart(title, labels, series, format, most));
      const details = element.querySelector('details');
      if (isOpen) details.open = true;
      if (hasFocus) details.querySelector('summary').focus({ preventScroll: true });
    },
  };
}

function costTable(title, by, link) {
  const columns = [
    { name: title, cell: (row) => (row.rest ? `${row.rest} more` : [link(row[by]), bar(row.share)]) },
    { name: 'Cost', right: true, nowrap: true, cell: (row) => [dollars(row.known_cost_usd), row.unpriced_calls > 0 && h('span', { class: 'muted' }, ' + ?', h('span', { class: 'visually-hidden' }, ` ${counted(row.unpriced_calls, 'call')} of unknown cost`))] },
    { name: 'Share', right: true, nowrap: true, cell: (row) => percent(row.share) },
    { name: 'Calls', right: true, cell: (row) => count(row.calls) },
  ];
  const table = liveTable(`Cost by ${title.toLowerCase()}`, columns, (row) => `${row.rest ? 'rest' : 'row'} ${row[by]}`, 'No calls in this range.');
  return {
    by,
    title,
    table,
    set(groups) {
      const total = groups.reduce((sum, group) => sum + group.known_cost_usd, 0);
      const rows = groups.sort((left, right) => right.known_cost_usd - left.known_cost_usd || right.calls - left.calls);
      const rest = rows.length > MostRows ? rows.splice(MostRows - 1) : [];
      if (rest.length > 0) {
        rows.push(rest.reduce((sum, group) => ({
          ...sum, known_cost_usd: sum.known_cost_usd + group.known_cost_usd, unpriced_calls: sum.unpriced_calls + group.unpriced_calls, calls: sum.calls + group.calls,
        }), { rest: rest.length, known_cost_usd: 0, unpriced_calls: 0, calls: 0 }));
      }
      table.set(rows.map((row) => ({ ...row, share: total === 0 ? 0 : row.known_cost_usd / total })));
    },
  };
}
