import { constants } from 'node:os';

/** A wish to stop, as signals of the operating system express it. */
export interface StopWatch {
  /** Aborted by the first signal; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it. */
  exitCode(): number;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Catches the first SIGINT (Ctrl-C) or SIGTERM; a second one ends the process at once, as without us. */
export function watchForStop(): StopWatch {
  const controller = new AbortController();
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  const stop = (signal: NodeJS.Signals) => {
    release();
    controller.abort(signal);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    exitCode: () => 128 + constants.signals[controller.signal.reason as NodeJS.Signals],
    release,
  };
}
