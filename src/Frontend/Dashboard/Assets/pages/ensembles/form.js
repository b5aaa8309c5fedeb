// Fields over a draft, and the way from a path of the API to the field that shows it.

import { h, put } from '../../dom.js';
import { choice, field } from '../../ui.js';
import { parts, Read, Write } from './draft.js';

export class Form {
  #fields = new Map();
  #touched = new Set();

  /**
   * @param {import('./draft.js').Draft} draft
   * @param {{chat: string[], embedding: string[]}} models
   * @param {() => void} changed is called after each change.
   */
  constructor(draft, models, changed) {
    Object.assign(this, { draft, models, changed });
    /** Whether errors of fields that nobody has touched are shown too. */
    this.showsAll = false;
  }

  /** Makes a field of a knob, and keeps it for its path's errors. */
  knob(spec, props) {
    const kind = spec.kind;
    const value = this.draft.get(spec.path);
    const control = this.#control(spec, (Write[kind] ?? ((one) => one ?? ''))(value), { id: idOf(spec.path), title: spec.title, ...props });
    const made = field(spec.label, control, spec.hint);
    const read = Read[kind] ?? Read.text;
    control.addEventListener(control.localName === 'select' || kind === 'switch' ? 'change' : 'input', () => {
      this.draft.set(spec.path, read(kind === 'switch' ? control.checked : control.value));
      this.touch(spec.path);
    });
    if (kind === 'switch') made.element.classList.add('switch');
    this.#fields.set(key(spec.path), made);
    return made.element;
  }

  /** Keeps a place for errors of a path that is no single control. */
  place(path) {
    const error = h('p', { class: 'error', hidden: true });
    const warning = h('p', { class: 'warning', hidden: true });
    const element = h('div', { class: 'field', hidden: true }, error, warning);
    const set = (line, message) => {
      line.hidden = !message;
      put(line, message ?? '');
      element.hidden = error.hidden && warning.hidden;
    };
    this.#fields.set(key(path), { element, control: element, set: (message) => set(error, message), warn: (message) => set(warning, message) });
    return element;
  }

  touch(path) {
    this.#touched.add(key(path));
    this.changed(path);
  }

  /** Forgets the fields under a path, or all, which are made again. */
  forget(path) {
    for (const known of [...this.#fields.keys()]) if (path === undefined || known.startsWith(`${key(path)}/`)) this.#fields.delete(known);
  }

  /**
   * Shows each issue beside its field.
   * @returns {{errors: object[], warnings: object[]}} those that have no field here.
   */
  show(errors, warnings) {
    const left = { errors: [], warnings: [] };
    const texts = { errors: new Map(), warnings: new Map() };
    const sort = (issues, name) => issues.forEach((issue) => {
      const [place, rest] = this.fieldOf(issue.path);
      if (!place) left[name].push(issue);
      else if (name === 'warnings' || this.showsAll || this.#isTouched(issue.path)) texts[name].set(place, [texts[name].get(place), rest, sentence(issue)].filter(Boolean).join(' '));
    });
    sort(errors, 'errors');
    sort(warnings, 'warnings');
    for (const one of this.#fields.values()) {
      one.set(texts.errors.get(one) ?? null);
      one.warn(texts.warnings.get(one) ?? null);
    }
    return left;
  }

  /** The field of a path, and what the field does not say of it: its own, the first one within it, or that of what holds it. */
  fieldOf(path) {
    const all = parts(path);
    if (all[0] === 'models') return [null];
    const whole = all.join('/');
    const found = this.#fields.get(whole) ?? this.#fields.get([...this.#fields.keys()].find((known) => known.startsWith(`${whole}/`)));
    if (found) return [found];
    for (let length = all.length - 1; length > 0; length--) {
      const holder = this.#fields.get(all.slice(0, length).join('/'));
      if (holder) return [holder, `${all.slice(length).join('.')}:`];
    }
    return [null];
  }

  focusError() {
    const invalid = [...this.#fields.values()].find((one) => one.control.getAttribute('aria-invalid') === 'true');
    invalid?.control.closest('details')?.setAttribute('open', '');
    invalid?.control.focus();
    return invalid !== undefined;
  }

  #isTouched(path) {
    const whole = parts(path).join('/');
    return [...this.#touched].some((touched) => touched === whole || touched.startsWith(`${whole}/`) || whole.startsWith(`${touched}/`));
  }

  #control(spec, value, props) {
    const text = { ...props, placeholder: spec.placeholder, autocomplete: 'off' };
    const aliases = (names) => choice([['', spec.none ?? 'Choose a model'], ...names], value, props);
    switch (spec.kind) {
      case 'chat': return aliases(this.models.chat);
      case 'embedding': return aliases(this.models.embedding);
      case 'choice': return choice(spec.choices, value, props);
      case 'yes or no': return choice([['', 'Any'], ['yes', 'With'], ['no', 'Without']], value, props);
      case 'switch': return h('input', { ...props, type: 'checkbox', checked: value === true });
      case 'area': return h('textarea', { ...text, value, rows: 5 });
      case 'rungs': return h('textarea', { ...text, value, rows: 3 });
      case 'text': case 'words': return h('input', { ...text, value });
      default: return h('input', { ...text, value: String(value), inputmode: spec.kind === 'number' ? 'decimal' : null });
    }
  }
}

/** An issue as a sentence that stands beside its field. */
export const sentence = ({ rule, fix }) => `${rule.charAt(0).toUpperCase()}${rule.slice(1)}. ${fix ?? ''}`.trim();

export const idOf = (path) => `knob-${key(path).replaceAll(/[^\w-]/g, '-')}`;

const key = (path) => parts(path).join('/');
