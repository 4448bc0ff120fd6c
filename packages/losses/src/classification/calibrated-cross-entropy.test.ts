import { expectNoLeak, inFloat64, relativeError } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch } from '../../test/arbitrary-batch.js';
import { evaluateLoss, hessianProductOf } from '../../test/evaluate-loss.js';
import { expectDerivatives, expectFiniteAtAnySize } from '../../test/expect-derivatives.js';
import * as reference from '../../test/float64-reference.js';
import { goldenBatch } from '../../test/golden.js';
import { calibratedCrossEntropy } from './calibrated-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { smoothedCrossEntropy } from './smoothed-cross-entropy.js';

const withoutMistake = {
  student: [
    [1, 0, -1],
    [0, 2, 1],
  ],
  teacher: [
    [0, 0, 0],
    [0, 0, 0],
  ],
  labels: [0, 1],
};

test('is the lowest cross-entropy of all temperatures within the bounds', () => {
  const grid = Array.from({ length: 400 }, (_, i) => 0.02 * 5000 ** (i / 399));
  fc.assert(
    fc.property(arbitraryBatch(5), (batch) => {
      const lowest = Math.min(...grid.map((temperature) => reference.crossEntropy(batch, temperature)));
      const { value } = evaluateLoss(calibratedCrossEntropy(), batch, {});
      // The grid misses the best temperature by 1 % at most, and the minimum by the square of that; float32 adds 1e-5.
      expect(value).toBeLessThan(lowest + 1e-5 * (1 + lowest));
      expect(value).toBeGreaterThan(lowest - 2e-4 * (1 + lowest));
    }),
    { numRuns: 30 },
  );
});

test('does not mind the scale of the logits', () => {
  const scaled = { ...goldenBatch, student: goldenBatch.student.map((row) => row.map((z) => 7 * z)) };
  const [one, other] = [goldenBatch, scaled].map((batch) =>
    evaluateLoss(calibratedCrossEntropy(), batch, {}),
  );
  expect(one!.value).toBeCloseTo(other!.value, 5);
  expect(
    relativeError(
      other!.gradient,
      one!.gradient.map((g) => g / 7),
    ),
  ).toBeLessThan(1e-4);
});

test('its gradient and its curvature are the derivatives of the whole, search included', async () => {
  await inFloat64(() => {
    fc.assert(
      fc.property(arbitraryBatch(4), (batch) => {
        expectDerivatives(calibratedCrossEntropy(), batch, {});
      }),
      { numRuns: 30 },
    );
  });
});

test('without a mistake in the batch it stays at the lower bound', () => {
  const calibrated = calibratedCrossEntropy({ temperatureBounds: [0.5, 10] });
  const fixed = crossEntropy({ temperature: 0.5 });
  const [got, expected] = [
    evaluateLoss(calibrated, withoutMistake, {}),
    evaluateLoss(fixed, withoutMistake, {}),
  ];
  expect(got.value).toBeCloseTo(expected.value, 6);
  expect(relativeError(got.gradient, expected.gradient)).toBeLessThan(1e-5);
  const [curved, plain] = [calibrated, fixed].map((loss) =>
    hessianProductOf(loss, withoutMistake, {}, [
      [1, 0.5, -2],
      [0, 3, 1],
    ]),
  );
  expect(relativeError(curved!, plain!)).toBeLessThan(1e-5);
  expect(calibrated.name).toBe('calibratedCrossEntropy(temperatureBounds=[0.5, 10])');
});

test('with smoothed labels it is the lowest of their cross-entropies, and has its derivatives', async () => {
  const labelSmoothing = 0.1;
  const smoothed = calibratedCrossEntropy({ labelSmoothing });
  expect(smoothed.name).toBe('calibratedCrossEntropy(labelSmoothing=0.1)');
  const { value } = evaluateLoss(smoothed, goldenBatch, {});
  const at = (temperature: number) => {
    const student = goldenBatch.student.map((row) => row.map((z) => z / temperature));
    return evaluateLoss(smoothedCrossEntropy(), { ...goldenBatch, student }, { labelSmoothing }).value;
  };
  const lowest = Math.min(...Array.from({ length: 400 }, (_, i) => at(0.02 * 5000 ** (i / 399))));
  // As above, for the grid.
  expect(value).toBeLessThan(lowest + 1e-5);
  expect(value).toBeGreaterThan(lowest - 2e-4);
  await inFloat64(() => {
    fc.assert(
      fc.property(arbitraryBatch(4), (batch) => expectDerivatives(smoothed, batch, {})),
      { numRuns: 10 },
    );
  });
});

test('with smoothed labels, a batch without a mistake still has a slope', () => {
  const slope = (loss: ReturnType<typeof calibratedCrossEntropy>) =>
    Math.hypot(...evaluateLoss(loss, withoutMistake, {}).gradient);
  expect(slope(calibratedCrossEntropy())).toBeLessThan(1e-6);
  expect(slope(calibratedCrossEntropy({ labelSmoothing: 0.05 }))).toBeGreaterThan(1e-2);
});

test('logits that are all equal cost log(classes), with a finite gradient', () => {
  const batch = { student: [[2, 2, 2, 2]], teacher: [[0, 0, 0, 0]], labels: [3] };
  const { value, gradient } = evaluateLoss(calibratedCrossEntropy(), batch, {});
  expect(value).toBeCloseTo(Math.log(4), 6);
  expect(gradient.every(Number.isFinite)).toBe(true);
});

test('leaks no tensor, and refuses bounds that are none', async () => {
  await expectNoLeak(() => {
    evaluateLoss(calibratedCrossEntropy(), goldenBatch, {});
  });
  expect(() => calibratedCrossEntropy({ temperatureBounds: [2, 1] })).toThrow(
    'calibratedCrossEntropy: temperatureBounds is [2, 1]; expected two finite numbers above 0',
  );
  expect(() => calibratedCrossEntropy({ labelSmoothing: 1 })).toThrow(
    'calibratedCrossEntropy: labelSmoothing is 1; expected a number in [0, 1).',
  );
});

test('gigantic logits and equal ones have finite derivatives', () => {
  expectFiniteAtAnySize(calibratedCrossEntropy());
  expectFiniteAtAnySize(calibratedCrossEntropy({ labelSmoothing: 0.05 }));
});
