// Pieces that several pages have.

import { h, put } from './dom.js';
import { moment, tone, words } from './format.js';

/** The head of a page: its name, what it is for, and what can be done. */
export const head = (title, about, ...actions) => h('div', { class: 'page-head' },
  h('div', null, h('h1', { tabindex: '-1' }, title), about && h('p', null, about)),
  actions.length > 0 && h('div', { class: 'row' }, actions));

export const panel = (title, ...children) => h('section', { class: 'panel' }, h('h2', null, title), children);

/** Figures side by side: each `[name, value, note]`. */
export const tiles = (figures) => h('div', { class: 'tiles' },
  figures.map(([name, value, note]) => h('dl', { class: 'tile' }, h('dt', null, name), h('dd', null, value), note && h('dd', null, note))));

export const outcome = (text) => h('span', { class: `badge ${tone(text)}` }, words(text));

export const problem = (error) => h('div', { class: 'problem', role: 'alert' }, h('strong', null, 'That did not work. '), error.message);

/** Text in a box that opens, with a button that copies it. */
export function folded(summary, text) {
  const box = h('pre', { tabindex: '0', 'aria-label': summary }, text);
  return {
    element: h('details', { class: 'panel folded' }, h('summary', null, summary),
      h('div', { class: 'stack' }, h('div', { class: 'row end' }, copyButton('Copy', box)), box)),
    set: (changed) => put(box, changed),
  };
}

/** Choices: each `[value, text]`, or a text that is both. A value that is none of them is a choice too, since somebody has set it. */
export function choice(choices, value, props) {
  const all = choices.map((one) => (Array.isArray(one) ? one : [one, one]));
  if (value !== undefined && value !== null && !all.some(([known]) => known === value)) all.push([value, `${value} (not known here)`]);
  return h('select', { ...props, value: value ?? all[0]?.[0] ?? '' }, all.map(([known, text]) => h('option', { value: known }, text)));
}

/**
 * A table. Columns are `{name, right, nowrap, wide, cell(row)}`; `wide` ones are left out on a phone.
 * @param {string} caption what it is, for those who cannot see where it stands.
 */
export const table = (caption, columns, rows, whenEmpty) => (rows.length === 0
  ? h('p', { class: 'empty' }, whenEmpty)
  : h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', null,
      h('thead', null, h('tr', null, columns.map((column) => h('th', { scope: 'col', class: [column.right && 'right', column.wide && 'wide'].filter(Boolean).join(' ') || null }, column.name)))),
      h('tbody', null, rows.map((row) => h('tr', null, columns.map((column) =>
        h('td', { class: [column.right && 'right', column.nowrap && 'nowrap', column.wide && 'wide'].filter(Boolean).join(' ') || null }, column.cell(row)))))))));

/** How full something is; `share` is 0 to 1. */
export function meter(share, label) {
  const bar = h('span');
  bar.style.width = `${Math.min(100, Math.max(0, share * 100))}%`;
  return h('div', {
    class: `meter ${share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : ''}`, role: 'meter', 'aria-label': label, 'aria-valuenow': Math.round(share * 100), 'aria-valuemin': 0, 'aria-valuemax': 100,
  }, bar);
}

/** Which part of a whole something is; `share` is 0 to 1. Only for the eye: the figure stands beside it. */
export function bar(share) {
  const part = h('span');
  part.style.width = `${Math.min(100, Math.max(0, share * 100))}%`;
  return h('div', { class: 'meter', 'aria-hidden': 'true' }, part);
}

/** Figures side by side that change while they are read. `set(figures)` takes a `[value, note]` for each name. */
export function liveTiles(names) {
  const values = names.map(() => h('dd', null, '–'));
  const notes = names.map(() => h('dd', null, '\u00a0'));
  return {
    element: h('div', { class: 'tiles live' }, names.map((name, index) => h('dl', { class: 'tile' }, h('dt', null, name), values[index], notes[index]))),
    set: (figures) => figures.forEach(([value, note], index) => {
      say(values[index], value);
      say(notes[index], note || '\u00a0');
    }),
  };
}

/** Sets a text where it differs, so that what was marked or is being read out stays. */
export function say(element, text) {
  if (element.textContent !== text) put(element, text);
}

/** A line that says what could not be brought up to date: `set(error)`, null where all is well again. It is read out once. */
export function staleness() {
  const element = h('div', { role: 'status' });
  let since = null;
  return {
    element,
    set(error) {
      if (error === null) {
        since = new Date().toISOString();
        put(element);
      } else {
        const text = `${error.message} ${since === null ? '' : `What you see is of ${moment(since)}. `}It is tried again by itself.`;
        if (element.textContent !== text) put(element, h('p', { class: 'problem' }, text));
      }
    },
  };
}

let fieldCount = 0;

/**
 * A field with its label, its hint and places for an error and a warning. `set(error)` and `warn(warning)` show one, null takes it away.
 * @param {HTMLElement} control an input, select or textarea.
 */
export function field(label, control, hint) {
  const id = control.id || `field-${++fieldCount}`;
  control.id = id;
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
  const warning = h('p', { class: 'warning', id: `${id}-warning`, hidden: true });
  const about = hint && h('p', { class: 'hint', id: `${id}-hint` }, hint);
  const describe = () => {
    const ids = [about && `${id}-hint`, !error.hidden && `${id}-error`, !warning.hidden && `${id}-warning`].filter(Boolean);
    if (ids.length > 0) control.setAttribute('aria-describedby', ids.join(' '));
    else control.removeAttribute('aria-describedby');
  };
  const element = h('div', { class: 'field' }, h('label', { for: id }, label), control, about, error, warning);
  describe();
  return {
    element,
    control,
    set(message) {
      error.hidden = !message;
      put(error, message ?? '');
      if (message) control.setAttribute('aria-invalid', 'true');
      else control.removeAttribute('aria-invalid');
      describe();
    },
    warn(message) {
      warning.hidden = !message;
      put(warning, message ?? '');
      describe();
    },
  };
}

/** Asks before something that cannot be undone. Resolves to whether it was confirmed. */
export function confirm(question, action) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { 'aria-label': question },
      h('form', { method: 'dialog', class: 'stack' },
        h('p', null, question),
        h('div', { class: 'row end' }, h('button', { value: 'no' }, 'Keep it'), h('button', { class: 'danger', value: 'yes' }, action))));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Says in passing what was done. */
export function notice(text) {
  const line = h('p', null, text);
  document.getElementById('notices').append(line);
  setTimeout(() => line.remove(), 5000);
}

/** A text to take elsewhere, with a button that copies it. */
export function copyable(text, what) {
  const box = h('pre', { class: 'copyable', tabindex: '0', 'aria-label': what }, text);
  return h('div', { class: 'row' }, box, copyButton(`Copy ${what}`, box));
}

function copyButton(name, box) {
  return h('button', {
    type: 'button',
    async onClick() {
      try {
        await navigator.clipboard.writeText(box.textContent);
        notice('Copied.');
      } catch {
        // A page that is not served over TLS may not: the text is marked, for the keyboard.
        getSelection().selectAllChildren(box);
        notice('The browser does not let this page copy. The text is marked: press Ctrl+C.');
      }
    },
  }, name);
}
