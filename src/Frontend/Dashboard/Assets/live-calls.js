// The live feed: sub-calls as they end.

import { h, put } from './dom.js';
import { count, counted, dollars, duration, moment, words } from './format.js';
import { watch } from './feed.js';
import { field, outcome, say } from './ui.js';

const MostRows = 200;
const Names = ['Time', 'Ensemble', 'Role', 'Model', 'Outcome', 'Latency', 'Tokens in / out', 'Cost', 'Run'];
const Right = new Set(['Latency', 'Tokens in / out', 'Cost']);
const Filters = { ensemble: 'Ensemble', model: 'Called model', caller: 'Key' };

/**
 * A panel that shows each sub-call as it ends, newest first. It is drawn once a frame at most, and holds 200 rows at most, drawn or not.
 * @param {URLSearchParams} search where the filters are kept: the page's parameters.
 * @param {AbortSignal} signal ends it.
 */
export function liveCalls(search, signal) {
  let waiting = [];
  let seen = 0;
  let missed = 0;
  let isGap = false;
  let isPaused = false;
  let frame = 0;
  let connection = new AbortController();

  const state = h('span', { class: 'badge', role: 'status' }, 'connecting');
  const told = h('span', { class: 'muted small number' });
  const lost = h('p', { class: 'note small', role: 'status', hidden: true });
  const empty = h('p', { class: 'empty' }, 'No call has ended since you opened this page. Calls appear here as they end.');
  const body = h('tbody', { role: 'rowgroup' });
  const box = h('div', { class: 'scroll stacks feed', tabindex: '0', role: 'region', 'aria-label': 'Calls as they end', hidden: true },
    h('table', { role: 'table' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, Names.map((name) => h('th', { scope: 'col', role: 'columnheader', class: Right.has(name) && 'right' }, name)))),
      body));

  const draw = () => {
    frame = 0;
    if (!isPaused && waiting.length > 0) {
      const rows = waiting;
      waiting = [];
      for (let extra = body.childElementCount + rows.length - MostRows; extra > 0 && body.lastElementChild; extra--) body.lastElementChild.remove();
      const fresh = document.createDocumentFragment();
      for (let index = rows.length - 1; index >= 0; index--) fresh.append(line(rows[index]));
      body.prepend(fresh);
      empty.hidden = true;
      box.hidden = false;
    }
    say(told, seen === 0 ? '' : `${counted(seen, 'call')} seen${isPaused && waiting.length > 0 ? `, ${waiting.length === MostRows ? 'the last ' : ''}${count(waiting.length)} held back` : ''}`);
    lost.hidden = missed === 0 && !isGap;
    say(lost, [missed > 0 && `${counted(missed, 'event')} came faster than they could be shown and were left out here.`,
      isGap && 'Some events may be missing: the connection was interrupted on the way.', 'The figures above count everything.'].filter(Boolean).join(' '));
  };
  const drawSoon = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const start = () => {
    connection.abort();
    connection = new AbortController();
    say(state, 'connecting');
    state.className = 'badge';
    watch(Object.fromEntries(Object.keys(Filters).map((name) => [name, search.get(name)])), {
      subCall(row) {
        seen++;
        waiting.push(row);
        if (waiting.length > MostRows) waiting.shift();
        drawSoon();
      },
      missed(number) {
        if (number === null) isGap = true;
        else missed += number;
        drawSoon();
      },
      state(name) {
        say(state, name === 'live' ? 'connected' : 'waiting for the gateway');
        state.className = `badge ${name === 'live' ? 'good' : 'warn'}`;
      },
    }, connection.signal);
  };

  const pause = h('button', {
    type: 'button', 'aria-pressed': 'false',
    onClick() {
      isPaused = !isPaused;
      pause.setAttribute('aria-pressed', String(isPaused));
      drawSoon();
    },
  }, 'Pause');
  const clear = () => {
    [waiting, seen, missed, isGap] = [[], 0, 0, false];
    put(body);
    box.hidden = true;
    empty.hidden = false;
  };
  const filters = Object.entries(Filters).map(([name, title]) => field(title, h('input', {
    value: search.get(name) ?? '', autocomplete: 'off', spellcheck: 'false', placeholder: 'all',
    onChange(event) {
      const value = event.target.value.trim();
      if (value === '') search.delete(name);
      else search.set(name, value);
      history.replaceState(null, '', `#/overview${search.size > 0 ? `?${search}` : ''}`);
      clear();
      drawSoon();
      start();
    },
  })));

  signal.addEventListener('abort', () => {
    connection.abort();
    cancelAnimationFrame(frame);
  });
  start();
  return {
    element: h('section', { class: 'panel stack' },
      h('div', { class: 'panel-head' }, h('div', { class: 'row' }, h('h2', null, 'Calls as they end'), state, told), pause),
      h('div', { class: 'fields' }, filters.map((one) => one.element)), lost, empty, box),
  };
}

function line(row) {
  const tokens = row.tokens === 'none' ? '–' : `${count(row.prompt_tokens)} / ${count(row.completion_tokens)}${row.tokens === 'estimated' ? ' est.' : ''}`;
  const cells = [moment(row.started_at), row.ensemble, words(row.role), row.model, outcome(row.outcome), duration(row.total_ms), tokens, dollars(row.cost_usd),
    h('a', { href: `#/runs/${row.run}`, class: 'mono', 'aria-label': `Run ${row.run.slice(-8)}` }, row.run.slice(-8))];
  return h('tr', { role: 'row' }, cells.map((cell, index) => h('td', { role: 'cell', class: Right.has(Names[index]) && 'right', dataset: { name: Names[index] } }, cell)));
}
