import { expectNoLeak } from '@metadistill/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import * as reference from '../../test/float64-reference.js';
import { goldenBatch } from '../../test/golden.js';
import { convexMix } from './convex-mix.js';

describe.each(['none', 'squared'] as const)('scaling %s', (scaling) => {
  const loss = convexMix({ scaling });

  test('closed forms are the differences of one another, inside the box and outside it', () => {
    const fractions = fc.double({ min: -0.5, max: 2, noNaN: true });
    const temperatures = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(arbitraryBatch(5), fractions, temperatures, (batch, distillationFraction, temperature) => {
        expectDerivatives(loss, batch, { distillationFraction, temperature });
      }),
      { numRuns: 30 },
    );
  });

  test('is the weighted sum of cross-entropy and KL as defined in float64', () => {
    const { value } = evaluateLoss(loss, goldenBatch, { distillationFraction: 0.3, temperature: 2 });
    const kl = reference.divergences.forwardKL(goldenBatch, 2) * (scaling === 'none' ? 1 : 4);
    expect(value).toBeCloseTo(0.7 * reference.crossEntropy(goldenBatch) + 0.3 * kl, 6);
  });
});

test('lists its metaparameters in the order fraction, temperature, and leaks no tensor', async () => {
  const loss = convexMix({ scaling: 'none' });
  expect(loss.metaparameters).toEqual(['distillationFraction', 'temperature']);
  await expectNoLeak(() => {
    evaluateLoss(loss, goldenBatch, { distillationFraction: 0.3, temperature: 2 });
  });
});

test('refuses a fraction that is not a number', () => {
  const run = () =>
    evaluateLoss(convexMix({ scaling: 'none' }), goldenBatch, {
      distillationFraction: Number.NaN,
      temperature: 1,
    });
  expect(run).toThrow('convexMix: distillationFraction is NaN; expected a finite number');
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'refuses the temperature %f in value and derivatives',
  (temperature) => {
    const loss = convexMix({ scaling: 'none' });
    const logits = tensor2d([[1, 2]]);
    const targets = { labels: tensor1d([0], 'int32'), teacherLogits: logits };
    for (const of of ['valueAndGradient', 'metaparameterGradient', 'mixedDerivatives'] as const) {
      expect(() => loss[of](logits, targets, { distillationFraction: 0.5, temperature })).toThrow(
        `convexMix: temperature is ${temperature}; expected a finite number above 0.`,
      );
    }
  },
);
