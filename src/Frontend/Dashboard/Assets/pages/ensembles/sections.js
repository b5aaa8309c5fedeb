// The parts of the form, for the strategy that is chosen.

import { h } from '../../dom.js';
import { groups, judge, judgePrompt, member, rule } from './knobs.js';
import { listOf, pairsOf } from './lists.js';
import { own, Strategies, strategyOf } from './strategies.js';

/** @param {boolean} isNew whether the name can still be chosen. */
export function sections(form, isNew) {
  const strategy = strategyOf(form.draft.get('ensemble.strategy'));
  return [
    h('section', { class: 'panel stack' },
      h('h2', null, 'What it is'),
      h('div', { class: 'fields' },
        form.knob({ path: 'display_name', label: 'Name', kind: 'text', hint: isNew ? 'By which callers ask it: letters, digits and - _ . : / @' : 'To rename it, make a copy under the new name and delete this one.' }, { readonly: !isNew, required: true, spellcheck: 'false' }),
        form.knob({ path: 'ensemble.strategy', label: 'Strategy', kind: 'choice', choices: [['', 'synthesize (default)'], ...Strategies.map((one) => one.name)] })),
      h('p', { class: 'note' }, strategy.line)),
    panelSection(form, strategy),
    strategy.judge && judgeSection(form, strategy),
    ownSection(form, strategy),
    groups(strategy).map((group) => h('details', { class: 'panel', open: group.knobs.some((knob) => form.draft.get(knob.path) !== undefined) },
      h('summary', null, h('h2', null, group.title)),
      h('div', { class: 'fields' }, group.knobs.map((knob) => form.knob(knob))))),
  ];
}

const panelSection = (form, { asksPanel }) => h('section', { class: 'panel stack' },
  h('h2', null, 'Panel'),
  listOf(form, {
    path: 'ensemble.panel',
    item: 'member',
    knobs: member,
    fresh: {},
    layout: 'members',
    hint: asksPanel
      ? 'Who is asked, side by side. Where answers tie, the order counts. Alt with the arrow keys moves a member.'
      : 'Not asked for being here: members give their temperature and the like to models that are named below. It may be empty.',
  }));

const judgeSection = (form, { judge: need }) => h('section', { class: 'panel stack' },
  h('h2', null, 'Judge'),
  h('div', { class: 'fields' }, judge.map((knob) => form.knob(need === 'required' && knob.kind === 'chat' ? { ...knob, none: 'Choose a model', hint: 'Asked after the panel.' } : knob))),
  h('div', { class: 'stack' },
    h('h3', null, 'Fallbacks'),
    listOf(form, { path: 'ensemble.judge.fallbacks', item: 'fallback', knob: { kind: 'chat' }, fresh: '', hint: 'Asked in turn where the judge fails before its first word.' })),
  form.knob(judgePrompt));

function ownSection(form, { name }) {
  const knobs = own[name];
  const single = knobs.filter((knob) => knob.kind !== 'map' && knob.kind !== 'rules');
  if (knobs.length === 0) return null;
  return h('section', { class: 'panel stack' },
    h('h2', null, `Settings of ${name.replaceAll('_', ' ')}`),
    h('div', { class: 'fields' }, single.map((knob) => form.knob(knob))),
    knobs.filter((knob) => knob.kind === 'rules').map((knob) => h('div', { class: 'stack' },
      h('h3', null, 'Rules'),
      listOf(form, { path: knob.path, item: 'rule', knobs: rule, fresh: { when: {} }, layout: 'rules', hint: 'Tried in order; the first whose conditions all hold decides. They are about the last user message, but for images.' }))),
    knobs.filter((knob) => knob.kind === 'map').map((knob) => pairsOf(form, knob)));
}
