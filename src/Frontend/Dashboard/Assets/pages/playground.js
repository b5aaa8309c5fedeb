// Asks an ensemble or a model as a caller would, and shows what its panel does meanwhile.

import { heads, models } from '../catalog.js';
import { h, put } from '../dom.js';
import { choice, field, head, problem } from '../ui.js';
import { Conversation } from './playground/conversation.js';
import { Question } from './playground/question.js';

/** Kept while the page is open, and nowhere else. */
let callerKey = '';
let last = { model: null, system: '', turns: [] };

export async function show(root, { search }, signal) {
  put(root, head('Playground'), h('p', { class: 'empty' }, 'Loading …'));
  let known;
  let keys = [];
  try {
    [known, keys] = await Promise.all([models(signal), heads('keys', signal)]);
  } catch (error) {
    if (!signal.aborted) put(root, head('Playground'), problem(error));
    return;
  }

  const names = [...known.ensembles, ...known.chat];
  const wanted = search.get('model') ?? last.model;
  const model = field('Ensemble or model', choice(names, wanted ?? undefined, { onchange: (event) => { last.model = event.target.value; } }));
  const key = field('Caller’s key', h('input', { type: 'password', value: callerKey, autocomplete: 'off', spellcheck: 'false', oninput: (event) => { callerKey = event.target.value; } }), 'Callers need one here. It stays in this page’s memory, and is gone when the page is.');
  const temperature = field('Temperature', h('input', { inputmode: 'decimal', placeholder: 'as configured', autocomplete: 'off' }), '0 to 2');
  const limit = field('Longest answer', h('input', { inputmode: 'numeric', placeholder: 'any', autocomplete: 'off' }), 'tokens (max_tokens)');
  const stream = h('input', { type: 'checkbox', checked: true, id: 'stream' });
  const system = field('System message', h('textarea', { value: last.system, rows: 2, placeholder: 'none', oninput: (event) => { last.system = event.target.value; } }));
  const text = field('Message', h('textarea', { rows: 4, required: true, placeholder: 'What is 17 * 23?' }), 'Ctrl and Enter send it.');
  const send = h('button', { class: 'primary' }, 'Send');
  const stop = h('button', { type: 'button', hidden: true, onclick: () => question.stop() }, 'Stop');
  const clear = h('button', { type: 'button', class: 'quiet', onclick: () => { conversation.clear(); text.control.focus(); } }, 'New conversation');
  const fields = { temperature, max_tokens: limit, model, messages: text };

  const conversation = new Conversation(last.turns, () => { clear.hidden = last.turns.length === 0; });
  const said = h('div', { class: 'stack' });
  const side = h('div', { class: 'stack' }, h('section', { class: 'panel' }, h('h2', null, 'Panel'), h('p', { class: 'empty' }, 'Its members appear here when something is asked.')));
  const question = new Question(side, said, conversation, signal, (isAsking) => {
    send.disabled = isAsking;
    stop.hidden = !isAsking;
  });

  async function go(event) {
    event.preventDefault();
    if (send.disabled) return;
    Object.values(fields).forEach((one) => one.set(null));
    const content = text.control.value.trim();
    if (content === '') {
      text.set('Write what is to be asked.');
      text.control.focus();
      return;
    }
    const bad = [[temperature, 'temperature'], [limit, 'max_tokens']].find(([one]) => one.control.value.trim() !== '' && !Number.isFinite(Number(one.control.value)));
    if (bad) {
      bad[0].set('Write a number, or nothing.');
      bad[0].control.focus();
      return;
    }

    const turn = conversation.begin(content);
    text.control.value = '';
    const { param } = await question.ask({
      model: model.control.value,
      messages: [...(system.control.value.trim() === '' ? [] : [{ role: 'system', content: system.control.value }]), ...conversation.messages],
      ...numberOf(temperature, 'temperature'),
      ...numberOf(limit, 'max_tokens'),
      ...(stream.checked ? { stream: true, stream_options: { include_usage: true } } : {}),
    }, keys.length > 0 ? callerKey.trim() : '', turn) ?? {};
    if (signal.aborted) return;
    if (turn.hasNothing && text.control.value === '') text.control.value = content;
    if (fields[param?.replace(/\[.*/, '')]) fields[param.replace(/\[.*/, '')].set('The gateway does not take this; see its words.');
    text.control.focus();
  }

  const form = h('form', { class: 'panel stack', onsubmit: go, novalidate: true },
    text.element, h('div', { class: 'row' }, send, stop, clear));
  text.control.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  clear.hidden = last.turns.length === 0;

  put(root,
    head('Playground', 'Asks as a caller would: it is billed, and stands in the accounts.'),
    names.length === 0 && h('p', { class: 'note' }, 'The catalog has no model to ask. ', h('a', { href: '#/models' }, 'Add one')),
    h('div', { class: 'playground' },
      h('div', { class: 'stack' },
        h('section', { class: 'panel stack', 'aria-label': 'What to ask' },
          h('div', { class: 'fields narrow' }, model.element, keys.length > 0 && key.element, temperature.element, limit.element,
            h('div', { class: 'field switch' }, h('label', { for: 'stream' }, 'Stream'), stream, h('p', { class: 'hint' }, 'Words as they come.'))),
          h('details', { open: last.system !== '' }, h('summary', null, 'System message'), system.element)),
        conversation.element,
        form),
      side),
    said);
  last.model = model.control.value;
}

const numberOf = (one, name) => (one.control.value.trim() === '' ? {} : { [name]: Number(one.control.value) });
