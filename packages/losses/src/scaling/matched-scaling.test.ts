import { centralDifference, relativeError } from '@metadistill/testing';
import { norm, type Rank, tensor1d, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossEntropy } from '../classification/cross-entropy.js';
import { convexMix } from '../distillation/convex-mix.js';
import { distillation } from '../distillation/distillation.js';
import { matchedScaling } from './matched-scaling.js';
import type { TemperatureFactor } from './temperature-factor.js';

const [examples, classes] = [7, 5];
const teacher = (spread: number): number[] =>
  Array.from({ length: examples * classes }, (_, i) => spread * Math.sin(3.7 * i + 0.3 * i ** 2));
const scalingOf = (values: ArrayLike<number>): TemperatureFactor =>
  matchedScaling({ teacherLogits: { values, examples: values.length / classes, classes } });

const temperatures = [0.05, 0.5, 2, 10, 50, 1e4];

describe.each([0.1, 3, 40])('logits that spread by %f', (spread) => {
  const values = teacher(spread);
  const scaling = scalingOf(values);

  test.each(temperatures)(
    'at T = %f the gradient of KL is as long as that of the cross-entropy',
    (temperature) => {
      tidy(() => {
        const logits = zeros<Rank.R2>([examples, classes]);
        const targets = {
          labels: tensor1d(
            Array.from({ length: examples }, (_, i) => i % classes),
            'int32',
          ),
          teacherLogits: tensor2d(values, [examples, classes]),
        };
        const lengths = [
          crossEntropy().valueAndGradient(logits, targets, {}),
          distillation({ scaling }).valueAndGradient(logits, targets, { temperature }),
          ...[0, 1].map((distillationFraction) =>
            convexMix({ scaling }).valueAndGradient(logits, targets, { distillationFraction, temperature }),
          ),
        ].map(({ gradient }) => norm(gradient).dataSync()[0]!);
        // Float32 softmaxes of a teacher at T = 1e4 differ from 1/5 in their last digits.
        const tolerance = spread / temperature < 0.01 ? 2e-2 : 1e-5;
        for (const length of lengths) expect(Math.abs(length / lengths[0]! - 1)).toBeLessThan(tolerance);
      });
    },
  );

  test('its slope is its derivative', () => {
    for (const temperature of temperatures) {
      const [difference] = centralDifference(
        ([at]) => scaling.factor(at!),
        [temperature],
        1e-5 * temperature,
      );
      // Truncation is (1e-5 · spread/T)² where the factor turns, rounding 1e-16/1e-5.
      expect(relativeError([scaling.slope(temperature)], [difference!])).toBeLessThan(1e-6);
    }
  });
});

test('is T for a cold teacher, and T² √(C − 1)/σ for a hot one', () => {
  const values = teacher(3);
  const { factor, slope } = scalingOf(values);
  expect(factor(1e-3)).toBeCloseTo(1e-3, 12);
  expect(slope(1e-3)).toBeCloseTo(1, 12);
  const rows = Array.from({ length: examples }, (_, i) => values.slice(i * classes, (i + 1) * classes));
  const variance = rows
    .map((row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / classes;
      return row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / classes;
    })
    .reduce((sum, each) => sum + each / examples, 0);
  expect(factor(1e5) / 1e10).toBeCloseTo(Math.sqrt((classes - 1) / variance), 4);
  expect((1e5 * slope(1e5)) / factor(1e5)).toBeCloseTo(2, 4);
});

test('a constant added to a row changes nothing, and its factor does not depend on what was asked before', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.constantFrom(...temperatures),
      (shift, T) => {
        const values = teacher(3);
        const moved = values.map((value, i) => (i < classes ? value + shift : value));
        const [a, b] = [scalingOf(values), scalingOf(moved)];
        b.factor(2);
        expect(relativeError([b.factor(T), b.slope(T)], [a.factor(T), a.slope(T)])).toBeLessThan(1e-8);
      },
    ),
  );
});

test('looks at rows that are evenly spread over many examples', () => {
  // The second half has no preference: half of the squares is left.
  const many = 5000;
  const values = Array.from({ length: many * 2 }, (_, i) => (i < many && i % 2 === 0 ? 50 : 0));
  const { factor } = matchedScaling({ teacherLogits: { values, examples: many, classes: 2 } });
  expect(factor(1)).toBeCloseTo(Math.SQRT2, 6);
});

test('refuses logits that do not fit, are not finite or say nothing', () => {
  const of = (values: readonly number[], rows: number, columns: number) => () =>
    matchedScaling({ teacherLogits: { values, examples: rows, classes: columns } });
  expect(of([1, 2, 3], 2, 2)).toThrow(
    'matchedScaling: teacherLogits has 3 values for 2 examples of 2 classes; expected examples × classes',
  );
  expect(of([], 0, 2)).toThrow('matchedScaling: teacherLogits has 0 values');
  expect(of([1], 1, 1)).toThrow('at least two classes');
  expect(of([1, Number.NaN], 1, 2)).toThrow('matchedScaling: teacherLogits[0][1] is NaN');
  expect(of([1, 1, 3, 3], 2, 2)).toThrow('matchedScaling: teacherLogits are equal within every row');
  for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => scalingOf(teacher(1)).factor(temperature)).toThrow(
      `matchedScaling: temperature is ${temperature}; expected a finite number above 0.`,
    );
  }
});

test.each([Number.NEGATIVE_INFINITY, -3.4e38])(
  'a class that the teacher masks by %d has probability 0',
  (mask) => {
    const at = (hidden: number) =>
      matchedScaling({ teacherLogits: { values: [6, 1, hidden, 0, hidden, 2.5], examples: 2, classes: 3 } });
    for (const temperature of [0.1, 1, 20]) {
      // At −1e6 it is exactly 0 in float64.
      expect(at(mask).factor(temperature)).toBeCloseTo(at(-1e6).factor(temperature), 12);
      expect(at(mask).slope(temperature)).toBeCloseTo(at(-1e6).slope(temperature), 12);
    }
  },
);
