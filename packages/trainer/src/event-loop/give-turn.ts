/** What of the environment's timers is used, where it exists. */
interface Timers {
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly setTimeout: (callback: () => void, milliseconds: number) => unknown;
}

// Read once, so that fake timers of a test around us do not stop a training.
const { setImmediate, setTimeout } = globalThis as unknown as Timers;

/**
 * Gives the event loop its turn: resolves in a later task, after timers that are due, input and painting.
 *
 * `await` alone does not: on cpu and wasm the values of a tensor are there at once, and a training would hold the thread from
 * its first step to its last. No clock is asked, so call it after each piece of work: one turn costs some microseconds.
 */
export function giveTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    // Pages have no setImmediate; their setTimeout waits 4 ms, and `scheduler.yield` comes back before timers do.
    else if (typeof MessageChannel === 'function') postTo(resolve);
    else setTimeout(resolve, 0);
  });
}

function postTo(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(null);
}
