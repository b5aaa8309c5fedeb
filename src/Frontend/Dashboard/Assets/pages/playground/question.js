// One question: sent, its answer read as it comes, and the run behind it watched.

import { ApiProblem, ask, open } from '../../api.js';
import { entryAddress } from '../../catalog.js';
import { h, put } from '../../dom.js';
import { watch } from '../../feed.js';
import { readEvents } from '../../sse.js';
import { content } from '../runs/content.js';
import { PanelView } from './panel.js';

/** How long a question waits for the live endpoint before it is sent without it, in milliseconds. */
const Patience = 1500;

export class Question {
  #asking = null;

  /**
   * @param {HTMLElement} side where the panel is shown.
   * @param {HTMLElement} said where it is shown what the panel said, where that is captured.
   * @param {AbortSignal} signal of the page.
   * @param {(isAsking: boolean) => void} changed
   */
  constructor(side, said, conversation, signal, changed) {
    Object.assign(this, { side, said, conversation, signal, changed });
    signal.addEventListener('abort', () => this.stop());
  }

  /** Closes the connection, which stops the run and the calls to providers. */
  stop() {
    this.#asking?.abort();
  }

  /** @returns the problem, where there was one. */
  async ask(body, key, turn) {
    const asking = new AbortController();
    const watching = new AbortController();
    const headers = key === '' ? {} : { Authorization: `Bearer ${key}` };
    this.#asking = asking;
    this.changed(true);
    put(this.said);
    const view = new PanelView(this.side, body.model, (await this.#entry(body.model))?.ensemble ?? null);
    let run = null;
    try {
      await this.#watch(body.model, view, watching.signal, asking.signal);
      asking.signal.throwIfAborted();
      const response = await open('/v1/chat/completions', { method: 'POST', body, headers, signal: asking.signal });
      run = response.headers.get('x-ensemble-run-id');
      view.begin(run);
      if (body.stream) await this.#stream(response, turn);
      else whole(await response.json(), turn);
      turn.end('whole');
      return null;
    } catch (error) {
      run ??= error.run ?? null;
      if (asking.signal.aborted) {
        turn.end('stopped');
        return null;
      }
      if (error instanceof ApiProblem && turn.turn.answer === '') turn.end('failed', words(error));
      else turn.end('broken', error instanceof ApiProblem ? words(error) : 'The connection was cut before its end.');
      return error;
    } finally {
      this.#asking = null;
      this.changed(false);
      await this.#finish(view, run, headers);
      watching.abort();
    }
  }

  async #entry(model) {
    try {
      return (await ask(entryAddress(model), { signal: this.signal })).entry;
    } catch {
      return null;
    }
  }

  // What a run does before the live stream is open would not be seen.
  #watch(model, view, signal, asking) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Patience);
      asking.addEventListener('abort', resolve, { once: true });
      watch({ ensemble: model }, {
        subCall: (row) => view.subCall(row),
        run: (row) => view.end(row),
        state: () => {
          clearTimeout(timer);
          resolve();
        },
      }, AbortSignal.any([signal, this.signal]));
    });
  }

  async #stream(response, turn) {
    let isWhole = false;
    let broken = null;
    await readEvents(response, ({ data }) => {
      if (data === '[DONE]') {
        isWhole = true;
        return;
      }
      const chunk = JSON.parse(data);
      if (chunk.error) broken = new ApiProblem(response.status, chunk.error);
      const delta = chunk.choices?.[0]?.delta;
      const piece = delta?.content ?? delta?.refusal;
      if (piece) turn.append(piece);
      else if (delta?.tool_calls) turn.append(JSON.stringify(delta.tool_calls));
    }).catch((error) => { throw broken ?? error; });
    if (broken) throw broken;
    if (!isWhole) throw new Error('A stream without its end.');
  }

  // The manifest has what the live endpoint may have missed, and what is known only at the end.
  async #finish(view, run, headers) {
    if (run === null || this.signal.aborted) {
      view.giveUp();
      return;
    }
    try {
      // A user who has signed in may read every run; where there is no admin key, the caller's own opens it.
      const { needs_key: isSignedIn } = await ask('/dashboard/session', { signal: this.signal });
      let manifest;
      do {
        manifest = await ask(`/v1/runs/${run}`, { headers: isSignedIn ? {} : headers, signal: this.signal });
        if (manifest.outcome === 'running') await new Promise((resolve) => setTimeout(resolve, 200));
      } while (manifest.outcome === 'running' && !this.signal.aborted);
      view.settle(manifest);
      put(this.said, await content(manifest, this.signal, isSignedIn ? {} : headers));
    } catch {
      view.giveUp();
    }
  }
}

function whole(body, turn) {
  const { message } = body.choices[0];
  turn.append(message.content ?? message.refusal ?? JSON.stringify(message.tool_calls));
}

const words = (error) => [error.message, error.code && [' ', h('code', null, error.code)], error.retryAfter && ` Try again in ${error.retryAfter} ${error.retryAfter === '1' ? 'second' : 'seconds'}.`];
