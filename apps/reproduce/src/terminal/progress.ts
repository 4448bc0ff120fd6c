import { SingleBar } from 'cli-progress';
import { formatDuration, secondsLeft } from './duration.js';

/** What is shown while runs compute. */
export interface Progress {
  /** A message that is to stay. */
  note(text: string): void;
  /** A run is that far, in [0, 1]. */
  update(run: string, fraction: number): void;
  /** A run has ended, with its result in words. */
  finish(run: string, result: string): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

export interface ProgressOptions {
  readonly runs: number;
  readonly quiet: boolean;
  /** Seconds on any clock. */
  readonly now: () => number;
  /** Where lines go. */
  readonly output: NodeJS.WritableStream;
  /** Where the bar is drawn, if it is a terminal. */
  readonly terminal: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** A bar with the time left on a terminal, else a line per finished run; nothing at all if `quiet`. */
export function createProgress(options: ProgressOptions): Progress {
  const { runs, now } = options;
  const started = now();
  const running = new Map<string, number>();
  let finished = 0;
  const fraction = () => [...running.values()].reduce((sum, part) => sum + part, finished) / runs;
  const left = () => {
    const seconds = secondsLeft(now() - started, fraction());
    return seconds === undefined ? 'time left unknown' : `${formatDuration(seconds)} left`;
  };
  const show = options.quiet ? silent : options.terminal.isTTY ? drawBar(options) : writeLines(options);
  return {
    note: show.note,
    stop: show.stop,
    update(run, part) {
      running.set(run, part);
      show.state(fraction(), finished, left());
    },
    finish(run, result) {
      running.delete(run);
      finished++;
      show.line(`[${finished}/${runs}] ${run}: ${result}; ${left()}`);
      show.state(fraction(), finished, left());
    },
  };
}

/** One way of showing. */
interface Display {
  note(text: string): void;
  line(text: string): void;
  state(fraction: number, finished: number, left: string): void;
  stop(): void;
}

const nothing = () => {};
const silent: Display = { note: nothing, line: nothing, state: nothing, stop: nothing };

function writeLines({ output }: ProgressOptions): Display {
  const write = (text: string) => void output.write(`${text}\n`);
  return { note: write, line: write, state: nothing, stop: nothing };
}

function drawBar({ runs, terminal }: ProgressOptions): Display {
  const format = '[{bar}] {percentage}%  {finished}/{runs} runs, {left}';
  const bar = new SingleBar({ format, stream: terminal, gracefulExit: false, clearOnComplete: true });
  const start = () => bar.start(1, 0, { finished: 0, runs, left: 'time left unknown' });
  start();
  return {
    note(text) {
      bar.stop();
      terminal.write(`\r${text}\n`);
      start();
    },
    line: nothing,
    state: (fraction, finished, left) => bar.update(fraction, { finished, left }),
    stop: () => bar.stop(),
  };
}
