import { expectNoLeak } from '@metadistill/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryBatch, tilted } from '../../test/arbitrary-batch.js';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import { mean, softmax } from '../../test/float64-reference.js';
import { GOLDEN_DECIMALS, goldenValue } from '../../test/golden.js';
import { dist } from './dist.js';

const positive = fc.double({ min: 0.5, max: 10, noNaN: true });
const batch = {
  student: [
    [1, 0.5, -0.5],
    [0.2, 1.4, 0.3],
    [-1, 0, 2],
  ],
  teacher: [
    [3, 1, -2],
    [-1, 2, 0.5],
    [0, 0, 1],
  ],
  labels: [0, 2, 1],
};

function correlation(x: readonly number[], y: readonly number[]): number {
  const a = x.map((value) => value - mean(x));
  const b = y.map((value) => value - mean(y));
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
}

test('the term between classes has its golden value 0.043197 at T = 1', () => {
  const metaparameters = { temperature: 1, interClassWeight: 1, intraClassWeight: 0 };
  expect(goldenValue(dist({ scaling: 'squared' }), metaparameters)).toBeCloseTo(0.043197, GOLDEN_DECIMALS);
});

test('the term within classes is one minus the mean correlation of the columns', () => {
  const student = batch.student.map((row) => softmax(row, 2));
  const teacher = batch.teacher.map((row) => softmax(row, 2));
  const columns = [0, 1, 2].map((k) =>
    correlation(
      student.map((row) => row[k]!),
      teacher.map((row) => row[k]!),
    ),
  );
  const metaparameters = { temperature: 2, interClassWeight: 0, intraClassWeight: 1 };
  const { value } = evaluateLoss(dist({ scaling: 'none' }), batch, metaparameters);
  expect(value).toBeCloseTo(1 - mean(columns), 5);
});

test('closed forms are the differences of one another if rows and columns have a spread', () => {
  fc.assert(
    fc.property(arbitraryBatch(0.8, 3), positive, positive, positive, (batch, temperature, one, other) => {
      const metaparameters = { temperature, interClassWeight: one, intraClassWeight: other };
      expectDerivatives(dist({ scaling: 'squared' }), tilted(batch, 2), metaparameters);
    }),
    { numRuns: 30 },
  );
});

test('constant rows correlate by nothing and give finite derivatives', () => {
  const flat = { student: [[1, 1, 1]], teacher: [[2, 2, 2]], labels: [0] };
  const { value, gradient, mixed } = evaluateLoss(dist({ scaling: 'none' }), flat, {
    temperature: 1,
    interClassWeight: 1,
    intraClassWeight: 1,
  });
  expect(value).toBeCloseTo(2, 6);
  expect([...gradient, ...Object.values(mixed).flat()].every(Number.isFinite)).toBe(true);
});

test('leaks no tensor', async () => {
  await expectNoLeak(() => {
    const metaparameters = { temperature: 1, interClassWeight: 1, intraClassWeight: 1 };
    evaluateLoss(dist({ scaling: 'none' }), batch, metaparameters);
  });
});
