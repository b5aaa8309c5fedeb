// The search for runs. What is looked for stands in the address, so that it can be kept and sent to somebody.

import { ask } from '../../api.js';
import { heads } from '../../catalog.js';
import { h, put } from '../../dom.js';
import { compact, dollars, duration, moment, percent } from '../../format.js';
import { choice, field, head, outcome, problem, table } from '../../ui.js';
import { Degraded, Outcomes } from './words.js';

const Ranges = [['24h', 'Last 24 hours'], ['1h', 'Last hour'], ['7d', 'Last 7 days'], ['30d', 'Last 30 days'], ['own', 'From … to …']];
const Hours = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 };
const PageSize = 50;

/** The parameters of the endpoint that stand in the address under the same name. */
const Same = ['ensemble', 'outcome', 'id', 'min_agreement', 'max_agreement', 'min_cost'];

const columns = [
  { name: 'Began', nowrap: true, cell: (run) => [h('a', { class: 'strong', href: `#/runs/${run.run}` }, moment(run.started_at)), h('div', { class: 'muted mono' }, run.run.slice(-8))] },
  { name: 'Ensemble', cell: (run) => [h('div', { class: 'anywhere' }, run.ensemble), h('div', { class: 'muted small' }, run.strategy.replaceAll('_', ' '))] },
  { name: 'Outcome', cell: (run) => [outcome(run.outcome), run.degraded.map((word) => [' ', h('span', { class: 'badge warn', title: Degraded[word] }, word.replaceAll('_', ' '))])] },
  { name: 'Caller', wide: true, cell: (run) => run.caller ?? h('span', { class: 'muted' }, 'no key') },
  { name: 'Agreement', right: true, wide: true, cell: (run) => percent(run.agreement) },
  { name: 'Tokens', right: true, wide: true, cell: tokens },
  { name: 'Time', right: true, nowrap: true, wide: true, cell: (run) => duration(run.total_ms) },
  { name: 'Cost', right: true, nowrap: true, cell: (run) => dollars(run.cost_usd) },
];

function tokens(run) {
  const estimated = run.estimated_prompt_tokens + run.estimated_completion_tokens;
  return [compact(run.prompt_tokens + run.completion_tokens), estimated > 0 && h('div', { class: 'muted small' }, `+ ${compact(estimated)} estimated`)];
}

export async function showSearch(root, search, signal) {
  const fields = makeFields(search);
  const results = h('div', { class: 'stack', 'aria-live': 'polite' }, h('p', { class: 'empty' }, 'Looking …'));
  const own = h('div', { class: 'fields' }, fields.from.element, fields.to.element);
  const followRange = () => { own.hidden = fields.range.control.value !== 'own'; };
  fields.range.control.addEventListener('change', followRange);
  followRange();
  const names = h('datalist', { id: 'ensemble-names' });

  put(root,
    head('Runs', 'What was asked, what became of it, and what it took.'),
    h('form', { class: 'panel stack', role: 'search', onsubmit: (event) => { event.preventDefault(); go(fields, search); } },
      h('div', { class: 'fields narrow' }, ['range', 'ensemble', 'outcome', 'id'].map((name) => fields[name].element)),
      own,
      h('details', { open: ['caller', 'keyless', 'min_agreement', 'max_agreement', 'min_cost'].some((name) => search.has(name)) },
        h('summary', null, 'More to look for'),
        h('div', { class: 'fields narrow' }, ['caller', 'min_agreement', 'max_agreement', 'min_cost'].map((name) => fields[name].element))),
      names,
      h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Search'), search.size > 0 && h('a', { class: 'button', href: '#/runs' }, 'Clear'))),
    h('section', { class: 'panel', 'aria-label': 'Runs found' }, results));

  await Promise.all([
    find(results, fields, search, signal),
    heads('models', signal).then((all) => put(names, all.map((one) => h('option', { value: one.name }))), () => {}),
    heads('keys', signal).then((all) => fields.caller.control.append(...all.filter((key) => key.name !== search.get('caller')).map((key) => h('option', { value: `key ${key.name}` }, key.name))), () => {}),
  ]);
}

function makeFields(search) {
  const input = (name, props) => h('input', { ...props, value: search.get(name) ?? '', name, autocomplete: 'off' });
  const range = search.has('from') || search.has('to') ? 'own' : search.get('range') ?? '24h';
  const caller = search.has('keyless') ? 'none' : search.has('caller') ? `key ${search.get('caller')}` : '';
  return {
    range: field('Range', choice(Ranges, range, { name: 'range' }), 'With an id: all the time.'),
    ensemble: field('Ensemble or model', input('ensemble', { list: 'ensemble-names' }), 'Its whole name.'),
    outcome: field('Outcome', choice([['', 'Any'], ...Object.keys(Outcomes).filter((one) => one !== 'running').map((one) => [one, one.replaceAll('_', ' ')])], search.get('outcome') ?? '', { name: 'outcome' })),
    id: field('Id begins with', input('id', { class: 'mono', spellcheck: 'false' })),
    from: field('From', h('input', { type: 'datetime-local', value: local(search.get('from')), name: 'from' }), 'Your time zone.'),
    to: field('To', h('input', { type: 'datetime-local', value: local(search.get('to')), name: 'to' }), 'Your time zone.'),
    caller: field('Caller', choice([['', 'Any'], ['none', 'Without a key'], ...(search.has('caller') ? [[caller, search.get('caller')]] : [])], caller, { name: 'caller' })),
    min_agreement: field('Agreement from', input('min_agreement', { inputmode: 'decimal', placeholder: '0' }), '0 to 1'),
    max_agreement: field('Agreement to', input('max_agreement', { inputmode: 'decimal', placeholder: '1' }), '0 to 1'),
    min_cost: field('Cost from', input('min_cost', { inputmode: 'decimal', placeholder: '0' }), 'US dollars'),
  };
}

/** The address of what the fields say: what is as usual is not in it. */
function go(fields, search) {
  const wanted = new URLSearchParams();
  const set = (name, value) => value !== '' && wanted.set(name, value);
  for (const name of Same) set(name, fields[name].control.value.trim());
  const caller = fields.caller.control.value;
  if (caller === 'none') wanted.set('keyless', 'yes');
  else if (caller !== '') wanted.set('caller', caller.slice('key '.length));
  const range = fields.range.control.value;
  if (range === 'own') {
    for (const end of ['from', 'to']) set(end, fields[end].control.value === '' ? '' : new Date(fields[end].control.value).toISOString());
  } else if (range !== '24h') {
    wanted.set('range', range);
  }
  const address = `#/runs${wanted.size > 0 ? `?${wanted}` : ''}`;
  if (wanted.toString() === search.toString()) dispatchEvent(new Event('hashchange'));
  else location.hash = address;
}

async function find(results, fields, search, signal) {
  const wanted = new URLSearchParams({ limit: PageSize });
  for (const name of Same) if (search.has(name)) wanted.set(name, search.get(name));
  if (search.has('keyless')) wanted.set('caller', '');
  else if (search.has('caller')) wanted.set('caller', search.get('caller'));
  for (const end of ['from', 'to']) if (search.has(end)) wanted.set(end, search.get(end));
  if (!search.has('from') && !search.has('to') && !search.has('id')) {
    wanted.set('from', new Date(Date.now() - (Hours[search.get('range')] ?? 24) * 3600_000).toISOString());
  }

  const rows = [];
  const more = async (cursor) => {
    const page = await ask(`/admin/runs?${cursor ? new URLSearchParams([...wanted].filter(([name]) => name !== 'from' && name !== 'to').concat([['cursor', cursor]])) : wanted}`, { signal });
    rows.push(...page.data);
    const failure = h('div', { role: 'status' });
    const button = h('button', {
      type: 'button',
      async onclick() {
        button.disabled = true;
        const before = rows.length;
        try {
          await more(page.next_cursor);
          results.querySelectorAll('tbody tr')[before]?.querySelector('a').focus();
        } catch (error) {
          if (signal.aborted) return;
          button.disabled = false;
          put(failure, problem(error));
        }
      },
    }, 'More');
    put(results,
      h('div', { class: 'panel-head' },
        h('h2', null, rows.length === 0 ? 'No runs' : `${rows.length}${page.has_more ? ' newest' : ''} run${rows.length === 1 ? '' : 's'}`),
        h('p', { class: 'muted small' }, `began ${moment(page.from)} to ${moment(page.to)}`)),
      table('Runs, newest first', columns, rows, 'Nothing fits. Runs reach the accounts a moment after they have ended; look in a longer range, or for less.'),
      page.has_more && h('div', { class: 'row' }, button),
      failure);
  };

  try {
    await more(null);
  } catch (error) {
    if (signal.aborted || error.name === 'AbortError') return;
    if (Object.hasOwn(fields, error.param ?? '')) {
      fields[error.param].set(error.message);
      fields[error.param].element.closest('details')?.setAttribute('open', '');
      put(results, h('p', { class: 'empty' }, 'Correct the field above, and search again.'));
    } else {
      put(results, problem(error));
    }
  }
}

/** A moment as a field for one has it, in the reader's time zone. */
function local(text) {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
