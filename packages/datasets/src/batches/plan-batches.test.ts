import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { torchRandom } from '../random/torch-random.js';
import { planBatches } from './plan-batches.js';

const all = (plan: ReturnType<typeof planBatches>) =>
  Array.from({ length: plan.batchCount }, (_, batch) => Array.from(plan.indices(batch)));

describe('planBatches', () => {
  it('takes the examples in file order and keeps a short last batch', () => {
    expect(all(planBatches({ examples: 5, batchSize: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
    expect(all(planBatches({ examples: 4, batchSize: 2 }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(all(planBatches({ examples: 0, batchSize: 2 }))).toEqual([]);
  });

  it('drops a short last batch where asked to', () => {
    expect(all(planBatches({ examples: 5, batchSize: 2, lastBatch: 'drop' }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(all(planBatches({ examples: 1, batchSize: 2, lastBatch: 'drop' }))).toEqual([]);
  });

  it('follows an order, and gives any batch on demand', () => {
    const plan = planBatches({ examples: 5, batchSize: 2, order: Int32Array.of(4, 0, 3, 1, 2) });
    expect(all(plan)).toEqual([[4, 0], [3, 1], [2]]);
    expect(Array.from(plan.indices(1))).toEqual([3, 1]);
  });

  it('gives every example once in a shuffled epoch', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 50 }), fc.nat(), (examples, batchSize, seed) => {
        const plan = planBatches({ examples, batchSize, order: torchRandom(seed).permutation(examples) });
        const seen = all(plan);
        expect(seen.length).toBe(Math.ceil(examples / batchSize));
        expect(seen.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: examples }, (_, i) => i));
      }),
    );
  });

  it('refuses what are not counts, a partial order and a batch after the last', () => {
    expect(() => planBatches({ examples: -1, batchSize: 2 })).toThrow(/examples is -1; expected a count/);
    expect(() => planBatches({ examples: 5, batchSize: 0 })).toThrow(
      /batchSize is 0; expected a positive integer/,
    );
    expect(() => planBatches({ examples: 5, batchSize: 2, order: Int32Array.of(1) })).toThrow(
      /order has 1 entries; expected 5/,
    );
    expect(() => planBatches({ examples: 5, batchSize: 2, batches: 1 } as never)).toThrow(
      "planBatches: unknown option 'batches'",
    );
    expect(() => planBatches({ examples: 5, batchSize: 2 }).indices(3)).toThrow(/batch is 3; expected 0..2/);
  });
});
