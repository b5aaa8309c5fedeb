// The form of one ensemble: what is typed is checked by the gateway, and nothing of it is lost.

import { ask, query, send } from '../../api.js';
import { entryAddress, models } from '../../catalog.js';
import { h, put } from '../../dom.js';
import { confirm, folded, head, notice, problem } from '../../ui.js';
import { Draft } from './draft.js';
import { Form, sentence } from './form.js';
import { quote } from './quote.js';
import { sections } from './sections.js';
import { composed } from './strategies.js';

/** How long nobody types before the gateway is asked, in milliseconds. */
const Pause = 350;

/** What was typed and not saved, by name; it waits here while its author looks at other pages. */
const kept = new Map();

const Fresh = { display_name: '', ensemble: { panel: [{}, {}] } };

export async function showEditor(root, { name, from }, signal) {
  const isNew = name === null;
  const keptAs = name ?? `new from ${from ?? ''}`;
  put(root, head(isNew ? 'New ensemble' : name), h('p', { class: 'empty' }, 'Loading …'));
  let known;
  let read = null;
  try {
    const source = name ?? from;
    [known, read] = await Promise.all([models(signal), source === null ? null : send(entryAddress(source), { signal })]);
  } catch (error) {
    if (signal.aborted) return;
    put(root, head(isNew ? 'New ensemble' : name), error.status === 404 ? h('p', { class: 'note' }, 'There is no such ensemble: it was removed, or never made. ', h('a', { href: '#/ensembles' }, 'All ensembles')) : problem(error));
    return;
  }
  if (read && read.body.kind !== 'ensemble') {
    put(root, head(name ?? from), h('p', { class: 'note' }, 'This is a model, not an ensemble. ', h('a', { href: '#/models' }, 'Models')));
    return;
  }

  const stored = read && { ...read.body.entry, display_name: isNew ? `${from}-copy` : name };
  const before = kept.get(keptAs);
  let tag = before?.tag ?? read?.headers.get('ETag') ?? null;
  const draft = new Draft(before?.entry ?? stored ?? Fresh);
  const form = new Form(draft, known, changed);
  const top = h('div', { class: 'stack' });
  const trouble = h('div', { class: 'stack' });
  const state = h('span', { class: 'muted', role: 'status' });
  const json = folded('The entry as JSON', '');
  const price = quote(() => later());
  const body = h('fieldset', { class: 'stack' });
  const save = h('button', { class: 'primary' }, isNew ? 'Save' : 'Save changes');
  const undo = h('button', { type: 'button', onclick: discard, hidden: !before }, 'Discard changes');
  const remove = !isNew && h('button', { type: 'button', class: 'danger', onclick: () => erase() }, 'Delete');
  let timer = 0;
  let asking = new AbortController();

  put(root,
    head(isNew ? 'New ensemble' : name, isNew ? 'Several models that answer as one, under a name of their own.' : null,
      h('a', { class: 'button', href: '#/ensembles' }, 'All ensembles'),
      !isNew && [h('a', { class: 'button', href: `#/ensembles?new=yes&from=${encodeURIComponent(name)}` }, 'Copy'), h('a', { class: 'button', href: `#/playground?model=${encodeURIComponent(name)}` }, 'Ask it'), remove]),
    top,
    trouble,
    h('form', { class: 'editor', novalidate: true, onsubmit: (event) => { event.preventDefault(); store(tag); } },
      body,
      h('div', { class: 'stack editor-side' }, price.element, json.element),
      h('div', { class: 'editor-actions' }, state, h('div', { class: 'row' }, undo, save))));
  if (before) say('note', h('p', null, 'These are your changes from before, which are not saved yet.'));
  signal.addEventListener('abort', () => { clearTimeout(timer); asking.abort(); });
  draw();
  await check();

  function draw() {
    form.forget();
    put(body, sections(form, isNew));
    json.set(JSON.stringify(composed(draft.entry), null, 2));
  }

  function changed(path) {
    kept.set(keptAs, { entry: structuredClone(draft.entry), tag });
    undo.hidden = false;
    json.set(JSON.stringify(composed(draft.entry), null, 2));
    if (path === 'ensemble.strategy') {
      const id = document.activeElement.id;
      draw();
      document.getElementById(id)?.focus();
    }
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(check, Pause);
  }

  /** Asks the gateway what it thinks of the entry, without writing it. */
  async function check() {
    asking.abort();
    asking = new AbortController();
    const mine = asking.signal;
    try {
      const { warnings, plan } = await ask(`${isNew ? '/admin/models' : entryAddress(name)}${query({ validate: true, plan: price.tokens })}`, { method: isNew ? 'POST' : 'PUT', body: composed(draft.entry), signal: mine });
      report([], warnings);
      price.set(plan);
    } catch (error) {
      if (mine.aborted) return;
      refused(error);
    }
  }

  async function store(match) {
    clearTimeout(timer);
    asking.abort();
    save.disabled = true;
    form.showsAll = true;
    try {
      const written = await send(isNew ? '/admin/models' : entryAddress(name), { method: isNew ? 'POST' : 'PUT', body: composed(draft.entry), headers: match ? { 'If-Match': match } : {} });
      kept.delete(keptAs);
      notice(`Saved ${written.body.name}.`);
      if (signal.aborted) return;
      if (isNew) {
        location.hash = `#/ensembles/${encodeURIComponent(written.body.name)}`;
        return;
      }
      tag = written.headers.get('ETag');
      undo.hidden = true;
      put(top);
      report([], written.body.warnings);
      later();
    } catch (error) {
      if (signal.aborted) return;
      refused(error, true);
    } finally {
      save.disabled = false;
    }
  }

  function refused(error, wasSaved = false) {
    price.clear('The price stands here as soon as the entry holds.');
    if (error.status === 422) {
      report(error.issues, []);
      if (wasSaved) form.focusError();
    } else if (error.code === 'already_exists') {
      report([{ path: 'display_name', rule: 'there is a model or ensemble of this name already', fix: 'Choose another one.' }], []);
      if (wasSaved) form.focusError();
    } else if (error.code === 'catalog_read_only') {
      body.disabled = true;
      save.hidden = true;
      if (remove) remove.hidden = true;
      price.clear('A quote is there for entries that can be edited; the playground and ?dry_run=true have one of what is saved.');
      say('note', h('p', null, h('strong', null, 'This catalog is a file, and can only be read here. '), error.message));
    } else if (error.status === 412) {
      conflict();
    } else if (error.param === 'plan') {
      price.refuse(error.message);
    } else {
      put(trouble, problem(error));
    }
  }

  function report(errors, warnings) {
    const left = form.show(errors, warnings);
    const elsewhere = [...left.errors.map((one) => ['problem', one]), ...left.warnings.map((one) => ['note', one])];
    put(trouble, elsewhere.length > 0 && elsewhere.map(([kind, one]) => h('div', { class: kind, role: kind === 'problem' ? 'alert' : null }, h('code', null, one.path), ' ', sentence(one))));
    put(state, errors.length > 0 ? `${errors.length} ${errors.length === 1 ? 'thing' : 'things'} to correct` : warnings.length > 0 ? `It holds, with ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}` : 'It holds');
  }

  function say(kind, ...words) {
    put(top, h('div', { class: `${kind} stack`, role: 'alert' }, words));
  }

  function conflict() {
    const theirs = h('div', { class: 'stack' });
    say('problem',
      h('p', null, h('strong', null, 'Somebody else has saved this ensemble since you opened it. '), 'Nothing was written, and what you typed is still here.'),
      h('div', { class: 'row' },
        h('button', {
          type: 'button',
          async onclick() {
            try {
              put(theirs, h('pre', { tabindex: '0' }, JSON.stringify((await ask(entryAddress(name), { signal })).entry, null, 2)));
            } catch (error) {
              if (!signal.aborted) put(theirs, h('p', null, error.message));
            }
          },
        }, 'Show what is saved now'),
        h('button', { type: 'button', onclick: () => store(null) }, 'Save mine over it'),
        h('button', { type: 'button', onclick: discard }, 'Take theirs')),
      theirs);
    top.scrollIntoView({ block: 'nearest' });
  }

  function discard() {
    kept.delete(keptAs);
    dispatchEvent(new Event('hashchange'));
  }

  async function erase() {
    if (!await confirm(`Delete the ensemble ${name}? Callers that name it are refused from then on. Its runs stay.`, 'Delete it')) return;
    try {
      await ask(entryAddress(name), { method: 'DELETE', headers: tag ? { 'If-Match': tag } : {} });
      kept.delete(keptAs);
      notice(`Deleted ${name}.`);
      location.hash = '#/ensembles';
    } catch (error) {
      if (error.status === 412) conflict();
      else put(trouble, problem(error));
      top.scrollIntoView({ block: 'nearest' });
    }
  }
}
