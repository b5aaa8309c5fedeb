// What was said in a run: the question, each member's answer beside the others, what the judge saw, and the answer given.

import { ask } from '../../api.js';
import { difference } from '../../difference.js';
import { h, put } from '../../dom.js';
import { words } from '../../format.js';
import { markdown } from '../../markdown.js';
import { folded, outcome, panel, problem } from '../../ui.js';
import { nameOf } from './choosing.js';
import { Calls } from './words.js';

/**
 * @param {object} [headers] that the endpoint needs besides the session.
 * @returns {Promise<Node|null>} null where the run has nothing of that kind.
 */
export async function content(run, signal, headers = {}) {
  if (run.outcome === 'running' || run.strategy === 'direct') return null;
  try {
    if (!(await ask('/dashboard/session', { signal })).captures_content) return null;
    return shown(run, await ask(`/v1/runs/${encodeURIComponent(run.id)}/content`, { headers, signal }));
  } catch (error) {
    if (signal.aborted) return null;
    return panel('What was said', error.code === 'content_not_stored' ? h('p', { class: 'note' }, error.message) : problem(error));
  }
}

function shown(run, said) {
  const members = said.calls.filter((call) => call.role === 'panel');
  const others = said.calls.filter((call) => call.role !== 'panel');
  const answer = said.answer || said.refusal || '';
  const cards = h('div', { class: 'answers' });
  const views = [['rendered', 'Formatted'], ['marked', 'Differences from the answer']];
  const buttons = views.map(([view, name]) => h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => draw(view) }, name));
  const draw = (view) => {
    buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(views[index][0] === view)));
    put(cards, members.map((call) => card(run, call, view === 'marked' ? answer : null)));
  };
  draw('rendered');
  return panel('What was said',
    h('div', { class: 'stack' },
      h('section', { class: 'stack', 'aria-label': 'Question' }, h('h3', null, 'Question'), said.messages.map(message)),
      members.length > 0 && h('section', { class: 'stack', 'aria-label': 'Answers of the panel' },
        h('div', { class: 'row' }, h('h3', null, 'Answers of the panel'), answer !== '' && h('div', { class: 'row tight', role: 'group', 'aria-label': 'How the answers are shown' }, buttons)),
        cards),
      others.map((call) => control(run, call)),
      h('section', { class: 'stack', 'aria-label': 'Answer given' }, h('h3', null, 'Answer given'),
        answer === '' && !said.choices ? h('p', { class: 'empty' }, 'There was none.') : h('div', { class: 'said-text' }, markdown(answer)),
        said.choices && tools(said.choices))));
}

function card(run, call, answer) {
  const candidate = run.candidates.find((one) => one.member === call.member && one.sample === call.sample);
  const cluster = candidate?.cluster ?? null;
  const isDeciding = cluster !== null && cluster === run.deciding_cluster;
  return h('article', { class: ['answer-card', cluster !== null && `group-${cluster % 4}`, isDeciding && 'deciding'].filter(Boolean).join(' '), 'aria-label': `Answer of ${nameOf(run, call)}` },
    h('div', { class: 'row' },
      h('h4', { class: 'anywhere' }, nameOf(run, call)),
      cluster !== null && h('span', { class: 'muted small' }, h('span', { class: `group group-${cluster % 4}`, 'aria-hidden': 'true' }), `group ${cluster + 1}`),
      isDeciding && h('span', { class: 'badge accent' }, 'decided'),
      call.outcome !== 'ok' && outcome(call.outcome)),
    body(call, answer));
}

function body(call, answer) {
  const text = call.content || call.refusal || '';
  if (text === '' && !call.choices) return h('p', { class: 'empty' }, call.outcome === 'ok' ? 'It has no text.' : `It ${Calls[call.outcome] ?? words(call.outcome)}.`);
  const pieces = answer === null ? null : difference(text, answer);
  return h('div', { class: 'said-text' },
    answer === null ? markdown(text)
      : pieces === null ? [h('p', { class: 'note' }, 'It is too long to be compared.'), h('p', { class: 'text' }, text)]
        : h('p', { class: 'text' }, pieces.map((piece) => (piece.differs ? h('mark', null, piece.text) : piece.text))),
    call.choices && tools(call.choices));
}

function control(run, call) {
  const name = call.model ?? `model ${call.member + 1}`;
  const seen = (call.prompt ?? []).map((one) => `${one.role}:\n${plain(one.content)}`).join('\n\n');
  return h('section', { class: 'stack', 'aria-label': `${words(call.step)} by ${name}` },
    h('h3', { class: 'row' }, h('span', { class: 'anywhere' }, `${words(call.step)} by ${name}`), call.outcome !== 'ok' && outcome(call.outcome)),
    seen !== '' && folded(call.replaces_messages ? 'What it was sent in place of the conversation' : 'What it was sent after the conversation', seen).element,
    call.content ? h('div', { class: 'said-text' }, markdown(call.content)) : h('p', { class: 'muted small' }, call.outcome === 'ok' ? 'What it wrote is the answer given.' : `It ${Calls[call.outcome] ?? words(call.outcome)}.`));
}

const message = (one) => h('div', { class: 'said-text' }, h('p', { class: 'muted small' }, words(one.role)), markdown(plain(one.content)), one.tool_calls && tools([{ message: one }]));

/** The text of a message; its other parts by their kind. */
function plain(parts) {
  if (typeof parts === 'string') return parts;
  return (parts ?? []).map((part) => part.text ?? part.refusal ?? `(${words(part.type ?? 'part')})`).join('\n\n');
}

const tools = (choices) => choices.flatMap((choice) => choice.message?.tool_calls ?? choice.delta?.tool_calls ?? [])
  .map((call) => h('p', null, 'It calls ', h('code', { class: 'anywhere' }, `${call.function?.name ?? call.type}(${call.function?.arguments ?? ''})`)));
