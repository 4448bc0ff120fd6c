import { expectNoLeak } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { divergences, crossEntropy as referenceCrossEntropy } from '../../test/float64-reference.js';
import { goldenBatch } from '../../test/golden.js';
import { crossEntropy } from '../classification/cross-entropy.js';
import { distillation } from '../distillation/distillation.js';
import { convexCombination } from './convex-combination.js';
import { weightedSum } from './weighted-sum.js';

const sum = weightedSum({
  name: 'sum',
  terms: [
    { loss: crossEntropy(), weight: 'classificationWeight' },
    { loss: distillation({ scaling: 'none' }), weight: 'distillationWeight' },
    { loss: distillation({ divergence: 'reverseKL', scaling: 'none' }), weight: 0.25 },
  ],
});
const values = { classificationWeight: 0.5, distillationWeight: 2, temperature: 3 };

test('adds its terms with constant and tuned weights, and shares the temperature', () => {
  expect(sum.metaparameters).toEqual(['classificationWeight', 'distillationWeight', 'temperature']);
  const expected =
    0.5 * referenceCrossEntropy(goldenBatch) +
    2 * divergences.forwardKL(goldenBatch, 3) +
    0.25 * divergences.reverseKL(goldenBatch, 3);
  expect(evaluateLoss(sum, goldenBatch, values).value).toBeCloseTo(expected, 6);
});

test('closed forms are the differences of one another, nested sums included', () => {
  expectDerivatives(sum, goldenBatch, values);
  const nested = convexCombination({
    classification: sum,
    distillation: distillation({ divergence: 'jensenShannon', scaling: 'squared' }),
  });
  expectDerivatives(nested, goldenBatch, { ...values, distillationFraction: 0.3 });
});

test('leaks no tensor', async () => {
  await expectNoLeak(() => {
    evaluateLoss(sum, goldenBatch, values);
  });
});

test('refuses an empty sum and weights that are not finite', () => {
  expect(() => weightedSum({ terms: [] })).toThrow('weightedSum: terms is []');
  expect(() => weightedSum({} as { terms: [] })).toThrow(
    'weightedSum: terms is undefined; expected an array',
  );
  expect(() => weightedSum({ terms: [{ loss: crossEntropy(), weight: Number.NaN }] })).toThrow(
    'the weight of crossEntropy is NaN',
  );
  const run = () => evaluateLoss(sum, goldenBatch, { ...values, distillationWeight: Number.NaN });
  expect(run).toThrow('weightedSum: distillationWeight is NaN; expected a finite number');
});
