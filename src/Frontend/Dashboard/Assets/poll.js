// Asking again and again, for as long as somebody looks.

/**
 * Does something now, and again `pause` milliseconds after each time that it has ended. Not while the window is hidden; at once when it is seen again.
 * @param {(signal: AbortSignal) => Promise<void>} task
 * @param {number} pause milliseconds.
 * @param {AbortSignal} signal ends it.
 * @param {(error: Error|null) => void} told of a failure, and with null of a success.
 * @returns {() => void} does it now.
 */
export function repeat(task, pause, signal, told) {
  let timer = 0;
  let isBusy = false;
  let isWanted = false;

  const run = async () => {
    clearTimeout(timer);
    if (isBusy) {
      isWanted = true;
      return;
    }
    isBusy = true;
    do {
      isWanted = false;
      try {
        await task(signal);
        if (!signal.aborted) told(null);
      } catch (error) {
        if (!signal.aborted && error.name !== 'AbortError') told(error);
      }
    } while (isWanted && !signal.aborted);
    isBusy = false;
    if (!signal.aborted) timer = setTimeout(next, pause);
  };
  const next = () => {
    if (!document.hidden) run();
  };

  document.addEventListener('visibilitychange', next, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));
  run();
  return run;
}
