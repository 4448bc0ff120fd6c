/** How examples fall into batches; what is left out keeps the order of the file and the short last batch. */
export interface BatchOptions {
  /** The examples in the order in which they are taken: a permutation, say; 0, 1, 2, ... by default. */
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
 * Splits one epoch over `examples` examples into batches, in order; holds no tensors.
 *
 * For a shuffled epoch pass `order: torchRandom(seed).permutation(examples)`.
 *
 * @throws RangeError where `examples` or `batchSize` is not a count, or `order` has another length than `examples`.
 */
export function planBatches(examples: number, batchSize: number, options: BatchOptions = {}): BatchPlan {
  const { order, lastBatch = 'keep' } = options;
  if (!Number.isInteger(examples) || examples < 0) {
    throw new RangeError(
      `planBatches: examples is ${examples}; expected a count. Pass a non-negative integer.`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `planBatches: batchSize is ${batchSize}; expected a positive integer. Pass 128, say.`,
    );
  }
  if (order && order.length !== examples) {
    throw new RangeError(
      `planBatches: order has ${order.length} entries; expected ${examples}, one an example. Permute all examples.`,
    );
  }
  const batchCount =
    lastBatch === 'keep' ? Math.ceil(examples / batchSize) : Math.floor(examples / batchSize);
  return {
    batchCount,
    indices(batch) {
      if (!Number.isInteger(batch) || batch < 0 || batch >= batchCount) {
        throw new RangeError(
          `indices: batch is ${batch}; expected 0..${batchCount - 1}. Start the next epoch at 0.`,
        );
      }
      const start = batch * batchSize;
      const end = Math.min(start + batchSize, examples);
      return order?.slice(start, end) ?? Int32Array.from({ length: end - start }, (_, i) => start + i);
    },
  };
}

/** The batches of a plan in order, each made when it is reached: `for (const indices of batchIndices(plan))`. */
export function* batchIndices(plan: BatchPlan): Generator<Int32Array, void, void> {
  for (let batch = 0; batch < plan.batchCount; batch++) yield plan.indices(batch);
}
