// The calls of the run that answers, as they end.

import { h, put } from '../../dom.js';
import { count, dollars, duration, percent, tone, words } from '../../format.js';
import { costOf, Degraded, tokensOf } from '../runs/words.js';

export class PanelView {
  #run = null;
  #early = [];
  #calls = new Map();

  /** @param {object|null} ensemble its block of the catalog; null for a single model. */
  constructor(side, model, ensemble) {
    this.rows = h('ul', { class: 'calls' });
    this.said = h('p', { class: 'visually-hidden', role: 'status' });
    this.facts = h('dl', { class: 'facts' });
    this.degraded = h('div', { class: 'stack' });
    this.link = h('p');
    put(side, h('section', { class: 'panel stack', 'aria-label': 'Panel' },
      h('h2', null, ensemble ? 'Panel' : 'Call'), this.rows, this.said, this.facts, this.degraded, this.link));
    if (!ensemble) this.#expect('panel', 0, 0, model);
    // Of other strategies nobody knows before who will be asked.
    else if (!['cascade', 'verify', 'route', 'specialist'].includes(ensemble.strategy)) {
      (ensemble.panel ?? []).forEach((member, index) => Array.from({ length: Number(member.samples ?? 1) }, (_, sample) => this.#expect('panel', index, sample, member.model)));
    }
    this.#draw();
  }

  begin(run) {
    this.#run = run;
    put(this.link, h('a', { href: `#/runs/${run}` }, 'Its run'));
    this.#early.splice(0).forEach(([kind, row]) => this[kind](row));
  }

  subCall(row) {
    if (this.#run === null) this.#early.push(['subCall', row]);
    else if (row.run === this.#run) this.#take(row);
  }

  end(row) {
    if (this.#run === null) this.#early.push(['end', row]);
    else if (row.run === this.#run) this.#sum(row);
  }

  /** @param {object} manifest of the run that has ended. */
  settle(manifest) {
    for (const call of manifest.sub_calls) this.#take(call);
    this.#sum({ ...manifest, prompt_tokens: manifest.usage.prompt_tokens, completion_tokens: manifest.usage.completion_tokens });
    this.giveUp();
  }

  /** Nothing more is heard: a member that still waits was not asked, or its end is not known. */
  giveUp() {
    for (const call of this.#calls.values()) if (!call.row) call.isOver = true;
    this.#draw();
  }

  #expect(role, member, sample, model) {
    this.#calls.set(`${role} ${role === 'panel' ? 'candidate' : ''} ${member} ${sample}`, { model, role, sample });
  }

  #take(row) {
    const step = row.step === 'direct' ? 'candidate' : row.step;
    const key = `${row.role} ${step} ${row.member} ${row.sample}`;
    const known = this.#calls.get(key);
    this.#calls.set(key, { model: row.model ?? known?.model ?? `${words(row.role)} ${row.member}`, role: row.role, sample: row.sample, row });
    this.#draw();
  }

  #draw() {
    const ended = [...this.#calls.values()].filter((call) => call.row).length;
    if (ended > 0) put(this.said, `${ended} of ${this.#calls.size} calls have ended`);
    put(this.rows, [...this.#calls.values()].map(({ model, role, sample, row, isOver }) => h('li', { class: row ? '' : isOver ? 'over' : 'waiting' },
      h('div', { class: 'call-name' }, h('span', { class: 'strong anywhere' }, model), ' ', h('span', { class: 'muted small' }, [role !== 'panel' && words(row?.step ?? role), sample > 0 && `sample ${sample}`].filter(Boolean).join(' · '))),
      row ? h('span', { class: `badge ${tone(row.outcome)}` }, row.outcome === 'ok' ? 'done' : words(row.outcome)) : h('span', { class: 'badge' }, isOver ? 'not asked' : 'waiting'),
      row && h('div', { class: 'muted small number call-figures' }, [duration(row.total_ms), tokensOf(row), costOf(row)].join(' · ')))));
  }

  #sum(run) {
    const facts = [
      ['Outcome', words(run.outcome)],
      ['Time', duration(run.total_ms)],
      ['Agreement', percent(run.agreement)],
      ['Tokens', `${count(run.prompt_tokens)} in, ${count(run.completion_tokens)} out`],
      ['Cost', dollars(run.cost_usd)],
    ];
    put(this.facts, facts.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
    put(this.degraded, run.degraded.map((word) => h('p', { class: 'small' }, h('span', { class: 'badge warn' }, words(word)), ' ', Degraded[word] ?? '')));
  }
}
