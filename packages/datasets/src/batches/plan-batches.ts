import { checkOptions, describeValue } from '@metadistill/options';

/** How examples fall into batches; by default in the order of the data set, with a short last batch. */
export interface PlanBatchesOptions {
  /** How many examples an epoch has. */
  readonly examples: number;
  /** How many examples a batch has; at least 1. */
  readonly batchSize: number;
  /** The examples in the order in which they are taken, such as a permutation; 0, 1, 2, ... by default. */
  readonly order?: Int32Array;
  /** What happens to a last batch that is not full: `keep` (default) or `drop`. */
  readonly lastBatch?: 'keep' | 'drop';
}

/** Which examples form which batch of one epoch. */
export interface BatchPlan {
  readonly batchCount: number;
  /** The examples of batch 0..batchCount-1, made when asked for: `[batch]`. */
  indices(batch: number): Int32Array;
}

/**
 * Splits one epoch into batches, in order; holds no tensors.
 *
 *     planBatches({ examples, batchSize: 128, order: torchRandom(seed).permutation(examples) }) // a shuffled epoch
 *
 * @param caller the function that errors name.
 * @throws RangeError if `examples` or `batchSize` is not a count, or `order` has another length than `examples`;
 *   TypeError for an unknown option.
 */
export function planBatches(options: PlanBatchesOptions, caller = 'planBatches'): BatchPlan {
  checkOptions(caller, options, { examples: true, batchSize: true, order: true, lastBatch: true });
  const { examples, batchSize, order, lastBatch = 'keep' } = options;
  if (!Number.isInteger(examples) || examples < 0) {
    throw new RangeError(
      `${caller}: examples is ${describeValue(examples)}; expected a count. Pass a non-negative integer.`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `${caller}: batchSize is ${describeValue(batchSize)}; expected a positive integer. Pass 128, for example.`,
    );
  }
  if (order && order.length !== examples) {
    throw new RangeError(
      `${caller}: order has ${order.length} entries; expected ${examples}, one per example. Permute all examples.`,
    );
  }
  const batchCount =
    lastBatch === 'keep' ? Math.ceil(examples / batchSize) : Math.floor(examples / batchSize);
  return {
    batchCount,
    indices(batch) {
      if (!Number.isInteger(batch) || batch < 0 || batch >= batchCount) {
        throw new RangeError(
          `indices: batch is ${describeValue(batch)}; expected 0..${batchCount - 1}. Start the next epoch at 0.`,
        );
      }
      const start = batch * batchSize;
      const end = Math.min(start + batchSize, examples);
      return order?.slice(start, end) ?? Int32Array.from({ length: end - start }, (_, i) => start + i);
    },
  };
}
