// What was asked and answered, turn by turn.

import { h, put } from '../../dom.js';

/** Longest silence of the voice while an answer grows, in milliseconds. */
const Pause = 2500;

export class Conversation {
  #changed;

  /** @param {object[]} turns kept by the caller of this: `{question, answer, state}`; only whole answers are sent again. */
  constructor(turns, changed) {
    this.turns = turns;
    this.#changed = changed;
    this.list = h('ol', { class: 'conversation', 'aria-label': 'Conversation' }, turns.map((turn) => this.#draw(turn)));
    // The text itself grows too often to be read aloud: a voice is given whole sentences, now and then.
    this.voice = h('div', { class: 'visually-hidden', role: 'log', 'aria-live': 'polite', 'aria-label': 'Answer' });
    this.element = h('section', { class: 'panel', 'aria-label': 'Conversation', hidden: turns.length === 0 }, this.list, this.voice);
  }

  /** As a request has them: of each turn that was answered both sides, and the last question. */
  get messages() {
    return this.turns.flatMap((turn, index) => {
      const asked = { role: 'user', content: turn.question };
      if (index === this.turns.length - 1) return [asked];
      return turn.state === 'whole' ? [asked, { role: 'assistant', content: turn.answer }] : [];
    });
  }

  begin(question) {
    const turn = { question, answer: '', state: 'waiting' };
    this.turns.push(turn);
    this.list.append(this.#draw(turn));
    this.element.hidden = false;
    this.#changed();
    return new Turn(turn, this.list.lastElementChild, this.voice);
  }

  clear() {
    this.turns.length = 0;
    put(this.list);
    put(this.voice);
    this.element.hidden = true;
    this.#changed();
  }

  #draw(turn) {
    return h('li', { class: 'turn' },
      h('div', { class: 'said user' }, h('h3', null, 'You'), h('p', { class: 'text' }, turn.question)),
      h('div', { class: 'said assistant' }, h('h3', null, 'Answer'), h('p', { class: 'text answer-text' }, turn.answer || (turn.state === 'waiting' ? 'Waiting …' : '')),
        h('div', { class: 'turn-end' }, turn.state === 'whole' || turn.state === 'waiting' ? null : ended[turn.state])));
  }
}

const ended = {
  broken: 'This answer is broken: it is not whole.',
  stopped: 'Stopped: this answer is not whole.',
  failed: 'There is no answer.',
};

/** One turn while it is answered. */
class Turn {
  #spoken = 0;
  #spokenAt = 0;

  constructor(turn, element, voice) {
    Object.assign(this, { turn, element, voice });
    this.text = element.querySelector('.answer-text');
    this.last = element.querySelector('.turn-end');
    element.querySelector('.assistant').classList.add('growing');
  }

  /** Whether it ended without an answer, or any beginning of one. */
  get hasNothing() {
    return this.turn.state === 'failed';
  }

  append(piece) {
    if (this.turn.answer === '') put(this.text);
    this.turn.answer += piece;
    this.text.append(piece);
    const now = performance.now();
    if (now - this.#spokenAt < Pause) return;
    const sentences = this.turn.answer.slice(this.#spoken).match(/^[\s\S]*[.!?:\n](?=\s|$)/)?.[0];
    if (sentences) this.#say(sentences);
  }

  /** @param {'whole'|'broken'|'stopped'|'failed'} state @param {...Node} words what is to be said below it. */
  end(state, ...words) {
    this.turn.state = state;
    this.element.querySelector('.assistant').classList.remove('growing');
    this.element.classList.add(state);
    if (this.turn.answer === '') put(this.text);
    if (this.#spoken < this.turn.answer.length) this.#say(this.turn.answer.slice(this.#spoken));
    put(this.last, state === 'whole' ? null : h('p', { class: state === 'stopped' ? 'note' : 'problem', role: 'alert' }, h('strong', null, ended[state]), ' ', words));
    if (state === 'whole') this.#say('The answer is complete.');
  }

  #say(text) {
    this.#spoken += text.length;
    this.#spokenAt = performance.now();
    this.voice.append(h('p', null, text));
    while (this.voice.childElementCount > 20) this.voice.firstElementChild.remove();
  }
}
