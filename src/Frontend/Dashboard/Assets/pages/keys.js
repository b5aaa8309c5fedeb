// Callers' keys: which there are, what each has cost this month, and adding, changing and deleting them.

import { ask, query, send } from '../api.js';
import { entryAddress, readEach } from '../catalog.js';
import { h, put } from '../dom.js';
import { count, counted, dollars, moment } from '../format.js';
import { keyForm } from '../key-form.js';
import { liveTable } from '../live-table.js';
import { repeat } from '../poll.js';
import { confirm, copyable, head, meter, notice, panel, staleness } from '../ui.js';

const PageSize = 100;
const MostGlobs = 5;

export async function show(root, { search }, signal) {
  const stale = staleness();
  const shown = new Map();
  let isReadOnly = false;
  let last = null;

  const add = h('button', { type: 'button', class: 'primary', onClick: () => edit(null, add), hidden: true }, 'Add a key');
  const source = h('p', { class: 'note', hidden: true });
  const place = h('div', { class: 'stack' });
  const trouble = h('div', { role: 'alert' });
  const table = liveTable('Keys', columns({ edit, remove, toggle, isReadOnly: () => isReadOnly }), (row) => `${row.name} ${isReadOnly}`,
    'There are no keys: callers on this machine need none, and everybody else is refused. With the first key, everybody needs one.');
  const pages = h('nav', { class: 'row end', 'aria-label': 'Pages of keys', hidden: true },
    h('a', { class: 'button', href: '#/keys' }, 'First page'),
    h('button', { type: 'button', onClick: () => { location.hash = `#/keys${query({ after: last })}`; } }, 'Next page'));
  put(root, head('Keys', 'Who may ask, for what and how much. Costs are those of this month (UTC).', add), stale.element, source, place, trouble, panel('Keys', table.element), pages);

  const refresh = repeat(async () => {
    const month = new Date();
    const [page, costs] = await Promise.all([
      ask(`/admin/keys${query({ limit: PageSize, after: search.get('after') })}`, { signal }),
      ask(`/admin/usage${query({ group_by: 'caller', from: new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1)).toISOString() })}`, { signal }),
    ]);
    const entries = await entriesOf(page.data, shown, signal);
    if (signal.aborted) return;
    shown.clear();
    for (const entry of entries) shown.set(entry.name, entry);
    isReadOnly = page.read_only_source !== null;
    source.hidden = !isReadOnly;
    if (isReadOnly) put(source, `Keys are not edited here: the catalog comes from ${page.read_only_source}. Change it there; that is served within seconds.`);
    add.hidden = isReadOnly;
    last = page.data.at(-1)?.name ?? null;
    pages.hidden = !page.has_more && !search.has('after');
    pages.lastElementChild.disabled = !page.has_more;
    const byCaller = new Map(costs.data.map((group) => [group.caller, group]));
    table.set(entries.map((entry) => ({ ...entry.entry, name: entry.name, fingerprint: entry.fingerprint, cost: byCaller.get(entry.name) ?? { known_cost_usd: 0, unpriced_calls: 0 } })));
  }, 10000, signal, stale.set);

  /** Shows the form. An edit begins with the entry as it is now, and replaces that version alone. */
  async function edit(name, opener) {
    if (!await mayLeave()) return;
    const close = () => {
      put(place);
      (opener.isConnected ? opener : root.querySelector('h1')).focus();
    };
    try {
      const read = name === null ? null : await send(address(name), { signal });
      const form = keyForm(read?.body.entry ?? null, async (entry) => {
        const written = read === null
          ? await ask('/admin/keys', { method: 'POST', body: entry, signal })
          : await ask(address(name), { method: 'PUT', body: entry, headers: { 'If-Match': read.headers.get('ETag') }, signal }).catch(explain);
        refresh();
        if (written.key) show(written);
        else close();
        notice(read === null ? `Added ${written.name}.` : `Saved ${written.name}.`);
        warn(written.warnings);
      }, close);
      put(place, form.element);
      form.focus();
    } catch (error) {
      if (error.name !== 'AbortError') put(trouble, h('p', { class: 'problem' }, error.message));
    }

    function show(written) {
      const heading = h('h2', { tabindex: '-1' }, `The key of ${written.name}`);
      put(place, h('section', { class: 'panel stack', 'aria-label': `The key of ${written.name}` }, heading,
        h('p', { class: 'note' }, h('strong', null, 'This key is not shown again. '), 'Only its digest is stored: copy it now, and give it to its caller.'),
        copyable(written.key, 'the key'),
        h('div', { class: 'row' }, h('button', { type: 'button', onClick: close }, 'I have it'))));
      heading.focus();
    }
  }

  /** Whether nothing is lost by emptying the place, or somebody means it. */
  async function mayLeave() {
    if (place.querySelector('.copyable')) return confirm('The new key is not shown again. Leave it?', 'Leave it');
    return !place.querySelector('form[data-touched]') || confirm('Leave the form? What you have filled in is lost.', 'Leave it');
  }

  async function toggle(name) {
    await change(name, async () => {
      const read = await send(address(name), { signal });
      const { key, key_sha256, ...entry } = read.body.entry;
      const disabled = !entry.disabled;
      await ask(address(name), { method: 'PUT', body: { ...entry, disabled }, headers: { 'If-Match': read.headers.get('ETag') }, signal }).catch(explain);
      return `${name} is ${disabled ? 'disabled' : 'enabled'}.`;
    });
  }

  async function remove(name) {
    const isLast = shown.size === 1 && !search.has('after');
    const question = `Delete the key ${name}? Its caller is refused from then on. This cannot be undone; what it cost stays in the accounts.`
      + (isLast ? ' It is the last key: without any, callers on this machine need none, and all others are refused.' : '');
    if (!await confirm(question, 'Delete')) return;
    await change(name, async () => {
      await ask(address(name), { method: 'DELETE', headers: { 'If-Match': `"${shown.get(name).version}"` }, signal }).catch(explain);
      return `Deleted ${name}.`;
    });
  }

  async function change(name, make) {
    try {
      const said = await make();
      put(trouble);
      notice(said);
      if (!root.contains(document.activeElement)) root.querySelector('h1').focus();
    } catch (error) {
      if (error.name !== 'AbortError') put(trouble, h('p', { class: 'problem' }, `${name}: ${error.message}`));
    }
    refresh();
  }

  function warn(warnings) {
    if (warnings.length > 0) {
      place.append(h('div', { class: 'note', role: 'status' }, h('strong', null, 'Saved, but: '), warnings.map((issue) => h('p', null, `${issue.path} ${issue.rule}. ${issue.fix}`))));
    }
  }
}

const address = (name) => entryAddress(name, 'keys');

function explain(error) {
  if (error.status === 412) error.message = 'Somebody else has changed or deleted this key since you opened it. Nothing was written. Note what you have filled in, close this, and open the key again.';
  throw error;
}

/** Each key with its entry; what is known in the same version is not read again. */
async function entriesOf(heads, known, signal) {
  const isKnown = (one) => known.get(one.name)?.version === one.version;
  const read = await readEach(heads.filter((one) => !isKnown(one)).map((one) => one.name), 'keys', signal);
  const byName = new Map(read.map((one) => [one.name, one]));
  return heads.map((one) => byName.get(one.name) ?? (isKnown(one) ? known.get(one.name) : null)).filter(Boolean);
}

function columns({ edit, remove, toggle, isReadOnly }) {
  return [
    { name: 'Name', cell: (row) => [h('strong', null, row.name), row.fingerprint && h('div', { class: 'small muted mono' }, row.fingerprint)] },
    { name: 'State', cell: state },
    { name: 'Allowed models', cell: (row) => globs(row.allowed_models ?? ['*']) },
    { name: 'Limits', cell: (row) => limits(row.rate_limit) },
    { name: 'Cost this month', right: true, cell: cost },
    { name: 'Actions', right: true, cell: (row) => (isReadOnly() ? '–' : h('div', { class: 'row end tight' },
      h('button', { type: 'button', 'aria-label': `Edit ${row.name}`, onClick: (event) => edit(row.name, event.currentTarget) }, 'Edit'),
      h('button', { type: 'button', 'aria-label': `${row.disabled ? 'Enable' : 'Disable'} ${row.name}`, onClick: () => toggle(row.name) }, row.disabled ? 'Enable' : 'Disable'),
      h('button', { type: 'button', class: 'danger', 'aria-label': `Delete ${row.name}`, onClick: () => remove(row.name) }, 'Delete'))) },
  ];
}

const globs = (all) => [
  ...all.slice(0, MostGlobs).map((glob) => h('div', { class: 'mono anywhere' }, glob)),
  all.length > MostGlobs && h('div', { class: 'small muted' }, `and ${count(all.length - MostGlobs)} more`),
];

function state(row) {
  const hasEnded = row.expires_at && new Date(row.expires_at) <= new Date();
  return [
    row.disabled ? h('span', { class: 'badge warn' }, 'disabled') : hasEnded ? h('span', { class: 'badge bad' }, 'expired') : h('span', { class: 'badge good' }, 'in use'),
    row.expires_at && h('div', { class: 'small muted' }, `${hasEnded ? 'since' : 'until'} ${moment(row.expires_at)}`),
    row.read_manifests && h('div', { class: 'small muted' }, 'reads manifests'),
  ];
}

const LimitWords = { rpm: 'requests / min', tpm: 'tokens / min', rpd: 'requests / day', concurrency: 'in flight' };

const limits = (limit) => (limit ? Object.entries(LimitWords).filter(([name]) => limit[name] !== undefined)
  .map(([name, unit]) => h('div', { class: 'nowrap' }, `${count(limit[name])} ${unit}`)) : h('span', { class: 'muted' }, 'none'));

function cost({ name, monthly_budget_usd: budget, cost: { known_cost_usd: spent, unpriced_calls: unpriced } }) {
  return [
    h('span', { class: 'nowrap' }, budget === undefined ? dollars(spent) : `${dollars(spent)} of ${dollars(budget)}`),
    budget !== undefined && meter(spent / budget, `${name}: spent of this month's budget`),
    unpriced > 0 && h('div', { class: 'small muted' }, `and ${counted(unpriced, 'call')} of unknown cost`),
  ];
}
