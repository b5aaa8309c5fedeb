// What is called, as it ends: the live endpoint, for as long as somebody looks.

import { query } from './api.js';

/**
 * Watches. `on` has `subCall(row)`, `run(row)`, `missed(count)` (null: nobody knows how many) and `state('live' | 'waiting')`.
 * A connection that ends is made again, later each time.
 * @param {{ensemble?: string, model?: string, caller?: string}} filter
 * @param {AbortSignal} signal ends it.
 */
export function watch(filter, on, signal) {
  let pause = 1000;
  let timer = 0;
  let source = null;

  const connect = () => {
    source = new EventSource(`/admin/usage/stream${query(filter)}`);
    source.addEventListener('open', () => {
      pause = 1000;
      on.state?.('live');
    });
    source.addEventListener('sub_call', (event) => on.subCall?.(JSON.parse(event.data)));
    source.addEventListener('run', (event) => on.run?.(JSON.parse(event.data)));
    source.addEventListener('dropped', (event) => on.missed?.(JSON.parse(event.data).count));
    source.addEventListener('gap', () => on.missed?.(null));
    source.addEventListener('error', () => {
      source.close();
      on.state?.('waiting');
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 2, 30000);
    });
  };

  connect();
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    source.close();
  });
}
