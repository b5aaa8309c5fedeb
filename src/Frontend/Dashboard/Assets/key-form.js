// The form of a caller's key: what a person fills in, as the API's entry, and the API's errors beside the fields.

import { h, put } from './dom.js';
import { field } from './ui.js';

const Limits = [
  ['rpm', 'Requests a minute'],
  ['tpm', 'Tokens a minute'],
  ['rpd', 'Requests a day'],
  ['concurrency', 'In flight at once'],
];

/**
 * @param {object|null} entry what is edited; null for a new key.
 * @param {(entry: object) => Promise<void>} save gets what was filled in.
 * @param {() => void} cancel
 * @returns {{element: HTMLFormElement, focus(): void}}
 */
export function keyForm(entry, save, cancel) {
  const input = (value, props) => h('input', { autocomplete: 'off', value: value ?? '', ...props });
  const number = (value) => input(value, { inputmode: 'numeric' });
  const fields = new Map([
    ['name', field('Name', input(entry?.name, { required: true, readonly: entry !== null, maxlength: 128 }), entry ? 'Renaming is adding a new key and deleting this one.' : 'By which logs and accounts call it.')],
    ['allowed_models', field('Allowed models', h('textarea', { class: 'mono', spellcheck: 'false', value: (entry?.allowed_models ?? ['*']).join('\n') }), 'One pattern a line over models and ensembles; * and ? stand for any characters.')],
    ['expires_at', field('Expires', input(local(entry?.expires_at), { type: 'datetime-local', step: '1' }), `In your time zone (${Intl.DateTimeFormat().resolvedOptions().timeZone}). Empty: never.`)],
    ['monthly_budget_usd', field('Monthly budget in US dollars', input(entry?.monthly_budget_usd, { inputmode: 'decimal' }), 'What its calls may cost in a calendar month (UTC). Empty: any.')],
    ...Limits.map(([name, title]) => [`rate_limit.${name}`, field(title, number(entry?.rate_limit?.[name]), 'Empty: no limit.')]),
    ['read_manifests', check('May read the names of models in manifests', entry?.read_manifests)],
    ['disabled', check('Disabled: requests with it are refused', entry?.disabled)],
  ]);
  const top = h('div', { class: 'stack', role: 'alert' });
  const button = h('button', { class: 'primary' }, entry ? 'Save changes' : 'Add key');

  const read = () => {
    const text = (name) => fields.get(name).control.value.trim();
    const limits = Object.fromEntries(Limits.map(([name]) => [name, numberOr(text(`rate_limit.${name}`))]).filter(([, value]) => value !== null));
    const globs = text('allowed_models').split('\n').map((line) => line.trim()).filter(Boolean);
    const expires = text('expires_at');
    const made = {
      ...entry,
      name: text('name'),
      allowed_models: globs.length > 0 ? globs : undefined,
      expires_at: expires === '' ? undefined : new Date(expires).toISOString().replace('.000Z', 'Z'),
      monthly_budget_usd: numberOr(text('monthly_budget_usd')) ?? undefined,
      rate_limit: Object.keys(limits).length > 0 ? limits : undefined,
      read_manifests: fields.get('read_manifests').control.checked || undefined,
      disabled: fields.get('disabled').control.checked || undefined,
    };
    // What is stored stays; it is not sent back.
    delete made.key;
    delete made.key_sha256;
    return made;
  };

  const tell = (error) => {
    const issues = error.issues ?? [];
    const rest = issues.filter((issue) => !place(fields, issue.path));
    for (const [name, one] of fields) {
      one.set(issues.filter((issue) => place(fields, issue.path) === name).map((issue) => `${sentence(issue, name)}`).join(' ') || null);
    }
    const lines = issues.length === 0 ? [error.message] : rest.map((issue) => `${issue.path} ${issue.rule}. ${issue.fix}`);
    put(top, lines.map((line) => h('p', { class: 'problem' }, line)));
    (form.querySelector('[aria-invalid]') ?? button).focus();
  };

  const form = h('form', {
    class: 'panel stack',
    novalidate: true,
    onInput: () => { form.dataset.touched = 'yes'; },
    async onSubmit(event) {
      event.preventDefault();
      put(top);
      for (const one of fields.values()) one.set(null);
      const expires = fields.get('expires_at');
      if (expires.control.validity.badInput) {
        expires.set('The date and time are not whole. Fill in every part, or empty all of them.');
        expires.control.focus();
        return;
      }

      button.disabled = true;
      try {
        await save(read());
      } catch (error) {
        button.disabled = false;
        tell(error);
      } finally {
        button.disabled = false;
      }
    },
  },
  h('h2', null, entry ? `Edit ${entry.name}` : 'Add a key'), top,
  h('div', { class: 'fields wide' }, ['name', 'allowed_models', 'expires_at', 'monthly_budget_usd'].map((name) => fields.get(name).element)),
  h('fieldset', { class: 'stack' }, h('legend', null, 'Limits of all its requests'), h('div', { class: 'fields' }, Limits.map(([name]) => fields.get(`rate_limit.${name}`).element))),
  h('div', { class: 'stack' }, fields.get('read_manifests').element, fields.get('disabled').element),
  h('div', { class: 'row' }, button, h('button', { type: 'button', onClick: cancel }, 'Cancel')));

  return { element: form, focus: () => (entry ? fields.get('allowed_models') : fields.get('name')).control.focus() };
}

// A text that is no number goes as it is: the API says what it must be.
function numberOr(text) {
  if (text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/** The field that a path of the API belongs to: itself, or what it is part of. Null where there is none. */
function place(fields, path) {
  for (let name = path.replaceAll(/\[\d+\]/g, ''); name !== ''; name = name.replace(/\.?[^.]*$/, '')) {
    if (fields.has(name)) return name;
  }
  return null;
}

const sentence = (issue, name) => {
  const which = issue.path === name ? '' : `${issue.value} `;
  const text = `${which}${issue.rule}. ${issue.fix}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
};

function check(label, value) {
  const one = field(label, h('input', { type: 'checkbox', checked: value ?? false }));
  one.element.classList.add('switch');
  return one;
}

/** A moment as a field of date and time wants it, in the reader's time zone. */
function local(text) {
  if (!text) return '';
  const date = new Date(text);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}
