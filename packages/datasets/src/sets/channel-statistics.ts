import { checkPart, describeValue } from '@metadistill/options';
import type { Dataset, Normalization } from '../types.js';

/**
 * The normalization of a set of images by its own numbers: mean and standard deviation (population) of each channel, its
 * pixels scaled to [0, 1]. Computes it, once per data set; `makeBatch` and `miniBatches` apply it, batch by batch.
 *
 *     miniBatches({ dataset: training, batchSize: 128, normalization: channelStatistics(training) })
 *
 * A channel that is constant has a standard deviation of 1, and so becomes 0.
 *
 * Computed from a histogram of the 256 values, which is exact, in one pass and without a copy of the images.
 *
 * @throws TypeError if the examples are not uint8; RangeError if there are none.
 */
export function channelStatistics(dataset: Dataset): Normalization {
  checkPart('channelStatistics', 'dataset', dataset, 'dataset');
  const { examples, exampleShape, name } = dataset;
  if (!(examples instanceof Uint8Array)) {
    throw new TypeError(
      `channelStatistics: the examples of ${name} are in ${describeValue(examples)}; expected a Uint8Array. Pass images.`,
    );
  }
  if (examples.length === 0) {
    throw new RangeError(`channelStatistics: ${name} has 0 examples; expected at least one. Pass more.`);
  }
  const channels = exampleShape.at(-1) ?? 1;
  const moments = Array.from({ length: channels }, (_, channel) =>
    momentsOf(histogram(examples, channel, channels)),
  );
  return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
}

function histogram(values: Uint8Array, start: number, stride: number): Float64Array {
  const counts = new Float64Array(256);
  for (let i = start; i < values.length; i += stride) {
    const value = values[i] as number;
    counts[value] = (counts[value] as number) + 1;
  }
  return counts;
}

function momentsOf(counts: Float64Array): { mean: number; std: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / total;
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / total;
  // A channel of one value, such as an opaque alpha, becomes 0: there is no spread to divide by.
  return { mean: mean / 255, std: variance === 0 ? 1 : Math.sqrt(variance) / 255 };
}
