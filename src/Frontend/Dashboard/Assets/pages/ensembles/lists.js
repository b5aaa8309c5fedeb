// Several of one kind in an order: members of a panel, fallbacks, rules; and pairs of a name and what it leads to.

import { h, put } from '../../dom.js';
import { choice } from '../../ui.js';

/**
 * A list of the draft, to add to, to take from and to put in order.
 * @param {import('./form.js').Form} form
 * @param {{path: string, item: string, knobs?: object[], knob?: object, fresh: any, hint?: string, layout?: string}} spec `knobs` of each item, or the one `knob` where
 *   an item is a single value.
 */
export function listOf(form, { path, item, knobs, knob, fresh, hint, layout = '' }) {
  const rows = h('ol', { class: `items ${layout}` });
  const said = h('p', { class: 'visually-hidden', role: 'status' });
  const values = () => form.draft.get(path) ?? [];
  const name = (index) => `${item} ${index + 1}`;
  const label = (index) => name(index).replace(/^./, (first) => first.toUpperCase());

  const change = (edit, focus, words) => {
    const all = structuredClone(values());
    edit(all);
    form.draft.set(path, all.length === 0 ? undefined : all);
    draw();
    focus();
    put(said, words);
    form.touch(path);
  };
  const move = (index, by) => change(
    (all) => all.splice(index + by, 0, ...all.splice(index, 1)),
    () => {
      const [up, down] = rows.children[index + by].querySelectorAll('.item-actions button');
      (by < 0 ? (up.disabled ? down : up) : down.disabled ? up : down).focus();
    },
    `Moved to place ${index + by + 1}.`);
  const add = h('button', {
    type: 'button',
    onclick: () => change((all) => all.push(structuredClone(fresh)), () => rows.lastElementChild.querySelector('select, input').focus(), `Added ${name(values().length)}.`),
  }, `Add ${item}`);
  const remove = (index) => change((all) => all.splice(index, 1), () => (rows.children[Math.min(index, rows.children.length - 1)]?.querySelector('select, input') ?? add).focus(), `Removed ${name(index)}.`);

  const button = (title, text, disabled, onclick) => h('button', { type: 'button', class: 'quiet', 'aria-label': title, title, disabled, onclick }, text);
  function draw() {
    form.forget(path);
    const length = values().length;
    put(rows, values().map((_, index) => h('li', { class: 'item' },
      h('fieldset', {
        class: 'item-fields',
        onkeydown: (event) => {
          const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
          if (!event.altKey || !by || index + by < 0 || index + by >= length) return;
          event.preventDefault();
          move(index, by);
        },
      },
      h('legend', { class: 'visually-hidden' }, name(index)),
      knobs ? knobs.map((one) => form.knob({ ...one, path: `${path}[${index}].${one.at}` })) : form.knob({ ...knob, label: label(index), path: `${path}[${index}]` })),
      h('div', { class: 'item-actions' },
        button(`Move ${name(index)} up`, '↑', index === 0, () => move(index, -1)),
        button(`Move ${name(index)} down`, '↓', index === length - 1, () => move(index, 1)),
        button(`Remove ${name(index)}`, '✕', false, () => remove(index))))));
  }

  draw();
  return h('div', { class: 'stack' }, hint && h('p', { class: 'muted small' }, hint), rows, form.place(path), said, h('div', { class: 'row' }, add));
}

/** Pairs of the draft: an object whose names are as free as its values. */
export function pairsOf(form, spec) {
  const rows = h('ul', { class: 'items' });
  const pairs = Object.entries(form.draft.get(spec.path) ?? {});
  const write = () => {
    const filled = pairs.filter(([name, value]) => name !== '' || value !== '');
    form.draft.set(spec.path, filled.length === 0 ? undefined : Object.fromEntries(filled));
    form.touch(spec.path);
  };
  const control = (pair, part, kind, label) => {
    const take = (event) => {
      pair[part] = event.target.value;
      write();
    };
    return kind === 'chat'
      ? choice([['', 'Choose a model'], ...form.models.chat], pair[part] === '' ? undefined : pair[part], { 'aria-label': label, onchange: take })
      : h('input', { value: pair[part], 'aria-label': label, placeholder: label, autocomplete: 'off', oninput: take });
  };
  function draw() {
    put(rows, pairs.map((pair, index) => h('li', { class: 'item' },
      h('div', { class: 'item-fields pair' },
        control(pair, 0, spec.keyKind, `${spec.keyLabel} ${index + 1}`), control(pair, 1, spec.valueKind, `${spec.valueLabel} ${index + 1}`)),
      h('div', { class: 'item-actions' }, h('button', {
        type: 'button', class: 'quiet', 'aria-label': `Remove ${spec.item} ${index + 1}`,
        onclick() {
          pairs.splice(index, 1);
          draw();
          write();
          add.focus();
        },
      }, '✕')))));
  }
  const add = h('button', {
    type: 'button',
    onclick() {
      pairs.push(['', '']);
      draw();
      rows.lastElementChild.querySelector('select, input').focus();
    },
  }, `Add ${spec.item}`);

  draw();
  return h('fieldset', { class: 'stack' }, h('legend', null, spec.label), h('p', { class: 'muted small' }, spec.hint), rows, form.place(spec.path), h('div', { class: 'row' }, add));
}
