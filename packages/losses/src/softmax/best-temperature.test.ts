import '@tensorflow/tfjs-backend-wasm';
import { inFloat64 } from '@metadistill/testing';
import { setBackend, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { arbitraryBatch, arbitraryExtreme } from '../../test/arbitrary-batch.js';
import type { Batch } from '../../test/evaluate-loss.js';
import { crossEntropy, mean, softmax } from '../../test/float64-reference.js';
import { bestTemperature } from './best-temperature.js';

afterEach(() => setBackend('cpu'));

const bounds = [0.02, 100] as const;

const found = ({ student, labels }: Batch): number =>
  tidy(() => {
    const logits = tensor2d(student.map((row) => [...row]));
    return 1 / bestTemperature(logits, tensor1d([...labels], 'int32'), bounds).inverse.dataSync()[0]!;
  });

/** Of the cross-entropy by 1/τ, which grows with 1/τ. */
const slopeAt = ({ student, labels }: Batch, temperature: number): number =>
  mean(
    student.map((row, i) =>
      softmax(row, temperature).reduce((sum, p, k) => sum + p * (row[k]! - row[labels[i]!]!), 0),
    ),
  );

function byBisection(batch: Batch): number {
  const [low, high] = bounds;
  if (slopeAt(batch, low) <= 0) return low;
  if (slopeAt(batch, high) >= 0) return high;
  let [cold, hot]: [number, number] = [low, high];
  for (let halving = 0; halving < 60; halving++) {
    const middle = Math.sqrt(cold * hot);
    if (slopeAt(batch, middle) > 0) cold = middle;
    else hot = middle;
  }
  return cold;
}

test('is what bisection finds, to nine digits in float64', () => {
  fc.assert(
    fc.property(arbitraryBatch(5), (batch) => {
      const expected = byBisection(batch);
      // Of a batch that is all right but for equal logits no temperature near the bound is better by a digit.
      fc.pre(expected > bounds[0] || slopeAt(batch, expected) < -1e-20);
      expect(Math.abs(inFloat64(() => found(batch)) / expected - 1)).toBeLessThan(1e-9);
    }),
    { numRuns: 100 },
  );
});

test('no temperature has a lower cross-entropy but for rounding, of logits to 1e4', () => {
  fc.assert(
    fc.property(arbitraryExtreme(1e4), ({ batch }) => {
      const temperature = byBisection(batch);
      const least = crossEntropy(batch, temperature);
      // Quotients of 1e4/τ keep sixteen digits.
      expect(
        crossEntropy(
          batch,
          inFloat64(() => found(batch)),
        ) - least,
      ).toBeLessThan(1e-15 * (1 + 1e4 / temperature));
    }),
    { numRuns: 100 },
  );
});

test.each(['cpu', 'wasm'])('float32 finds it to four digits, on %s', async (backend) => {
  await setBackend(backend);
  // The label of a row is helped by as much as noise is large.
  const student = Array.from({ length: 128 }, (_, i) =>
    Array.from({ length: 10 }, (_, k) => 5 * Math.sin(3.7 * i + 2.3 * k * k) + (k === i % 10 ? 2 : 0)),
  );
  const labels = student.map((_, i) => i % 10);
  for (const size of [0.1, 1, 10]) {
    const batch = { student: student.map((row) => row.map((z) => size * z)), teacher: [], labels };
    const expected = byBisection(batch);
    expect(expected).toBeGreaterThan(bounds[0]);
    expect(expected).toBeLessThan(bounds[1]);
    // The least is flat: a τ that is off by 1e-4 costs 1e-8.
    expect(Math.abs(found(batch) / expected - 1)).toBeLessThan(1e-4);
  }
});

test('a batch that is all right has the lowest temperature, one that is all wrong the highest', () => {
  const student = [
    [3, 1, 0],
    [-1, 2, 1],
  ];
  expect(found({ student, teacher: [], labels: [0, 1] }) / bounds[0]).toBeCloseTo(1, 5);
  expect(found({ student, teacher: [], labels: [2, 0] }) / bounds[1]).toBeCloseTo(1, 5);
});

test.each(['cpu', 'wasm'])(
  'gigantic logits overflow nothing, and leave the other rows their temperature, on %s',
  async (backend) => {
    await setBackend(backend);
    const rows = [
      [0.3, 1, 0],
      [0, 3, 1],
      [0.1, 0.5, 1],
    ];
    const labels = [0, 1, 2];
    const expected = found({ student: rows, teacher: [], labels });
    expect(expected).toBeGreaterThan(bounds[0]);
    expect(expected).toBeLessThan(bounds[1]);
    for (const size of [1e10, 1e20, 1e30, 1e37]) {
      // A row that is right at any temperature adds nothing.
      const student = [...rows, [size, -size, 0]];
      expect(found({ student, teacher: [], labels: [...labels, 0] }) / expected).toBeCloseTo(1, 5);
      const [scaled] = [rows].map((all) => all.map((row) => row.map((z) => z * size)));
      expect(found({ student: scaled!, teacher: [], labels }) / bounds[1]).toBeCloseTo(1, 5);
    }
  },
);

test('what moves with it is finite for gigantic logits, and 0 for logits that are all equal', () => {
  for (const [row, expected] of [
    [[1e30, 0], 0],
    [[2, 2], 0],
    // Three of four labels are 1: τ = 1 gives p = (1/4, 3/4), whose variance is 3/16 of the squared gap.
    [[0, Math.log(3)], 16 / 3 / Math.log(3) ** 2],
  ] as const) {
    tidy(() => {
      const logits = tensor2d([row, row, row, row].map((each) => [...each]));
      const { inverseCurvature } = bestTemperature(logits, tensor1d([0, 1, 1, 1], 'int32'), bounds);
      expect(inverseCurvature().dataSync()[0]).toBeCloseTo(expected, 4);
    });
  }
});
