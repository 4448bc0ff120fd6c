import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { torchRandom } from '../random/torch-random.js';
import { batchIndices, planBatches } from './batches.js';

const all = (plan: ReturnType<typeof planBatches>) =>
  Array.from(batchIndices(plan), (indices) => Array.from(indices));

describe('planBatches', () => {
  it('takes the examples in file order and keeps a short last batch', () => {
    expect(all(planBatches(5, 2))).toEqual([[0, 1], [2, 3], [4]]);
    expect(all(planBatches(4, 2))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(all(planBatches(0, 2))).toEqual([]);
  });

  it('drops a short last batch where asked to', () => {
    expect(all(planBatches(5, 2, { lastBatch: 'drop' }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(all(planBatches(1, 2, { lastBatch: 'drop' }))).toEqual([]);
  });

  it('follows an order, and gives any batch on demand', () => {
    const plan = planBatches(5, 2, { order: Int32Array.of(4, 0, 3, 1, 2) });
    expect(all(plan)).toEqual([[4, 0], [3, 1], [2]]);
    expect(Array.from(plan.indices(1))).toEqual([3, 1]);
  });

  it('gives every example once in a shuffled epoch', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 50 }), fc.nat(), (examples, batchSize, seed) => {
        const plan = planBatches(examples, batchSize, { order: torchRandom(seed).permutation(examples) });
        const seen = all(plan);
        expect(seen.length).toBe(Math.ceil(examples / batchSize));
        expect(seen.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: examples }, (_, i) => i));
      }),
    );
  });

  it('refuses what are not counts, a partial order and a batch after the last', () => {
    expect(() => planBatches(-1, 2)).toThrow(/examples is -1; expected a count/);
    expect(() => planBatches(5, 0)).toThrow(/batchSize is 0; expected a positive integer/);
    expect(() => planBatches(5, 2, { order: Int32Array.of(1) })).toThrow(/order has 1 entries; expected 5/);
    expect(() => planBatches(5, 2).indices(3)).toThrow(/batch is 3; expected 0..2/);
  });
});
