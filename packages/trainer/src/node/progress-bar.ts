import { checkOptions, describeValue } from '@metadistill/options';
import { SingleBar } from 'cli-progress';
import type { DistilCallback, DistilLogs, DistilParams } from '../distil/callbacks/types.js';

export interface ProgressBarOptions {
  /** Where the bar is drawn; default standard error. */
  readonly stream?: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * A callback of `distil` that shows how far it is, the time left, and what the last epoch led to: a bar on a terminal, else a
 * line per epoch. Each run needs a bar of its own.
 *
 * @throws TypeError for an unknown option, or a stream that is none.
 */
export function progressBar(options: ProgressBarOptions = {}): DistilCallback {
  checkOptions<ProgressBarOptions>('progressBar', options, { stream: true });
  const { stream = process.stderr } = options;
  if (typeof stream?.write !== 'function') {
    throw new TypeError(
      `progressBar: stream is ${describeValue(stream)}; expected a writable stream. Pass process.stdout.`,
    );
  }
  return stream.isTTY ? drawnBar(stream) : lines(stream);
}

const inWords = (logs: DistilLogs): string =>
  Object.entries(logs)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join(', ');

function drawnBar(stream: NodeJS.WritableStream): DistilCallback {
  const format = '[{bar}] {percentage}%, {eta_formatted} left, epoch {epoch}/{epochs} {last}';
  const bar = new SingleBar({ format, stream, gracefulExit: false, hideCursor: null as never });
  return {
    setParams({ epochs, steps }: DistilParams) {
      bar.start(epochs * steps, 0, { epoch: 1, epochs, last: '' });
    },
    onEpochBegin: (epoch) => bar.update({ epoch: epoch + 1 }),
    onBatchEnd: () => bar.increment(),
    onEpochEnd: (_, logs) => bar.update({ last: inWords(logs) }),
    onTrainEnd: () => bar.stop(),
  };
}

function lines(stream: NodeJS.WritableStream): DistilCallback {
  let total = 0;
  return {
    setParams({ epochs }: DistilParams) {
      total = epochs;
    },
    onEpochEnd: (epoch, logs) => void stream.write(`epoch ${epoch + 1}/${total}: ${inWords(logs)}\n`),
  };
}
