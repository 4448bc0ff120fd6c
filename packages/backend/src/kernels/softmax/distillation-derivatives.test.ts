import { centralDifference } from '@metadistill/testing';
import { type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const [batch, classes] = [3, 5];
const labels = [4, 0, 2];
const factors = {
  none: () => ({ factor: 1, factorSlope: 0 }),
  squared: (T: number) => ({ factor: T * T, factorSlope: 2 * T }),
  // Of no power of T.
  other: (T: number) => ({ factor: T + Math.sin(T), factorSlope: 1 + Math.cos(T) }),
} as const;
type Scaling = keyof typeof factors;

const softmax = (row: readonly number[], temperature: number): number[] => {
  const largest = Math.max(...row);
  const exponentials = row.map((z) => Math.exp((z - largest) / temperature));
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((each) => each / sum);
};

/** The loss and its gradient by z in float64, as the definition has them. */
function reference(student: readonly number[], teacher: readonly number[], scaling: Scaling) {
  const rows = labels.map((label, i) => ({
    label,
    z: student.slice(i * classes, (i + 1) * classes),
    t: teacher.slice(i * classes, (i + 1) * classes),
  }));
  const scale = (T: number) => factors[scaling](T).factor;
  return {
    loss: (f: number, T: number) =>
      rows.reduce((sum, { label, z, t }) => {
        const [p, q] = [softmax(z, T), softmax(t, T)];
        const kl = q.reduce((total, each, k) => total + each * Math.log(each / (p[k] as number)), 0);
        return sum + ((1 - f) * -Math.log(softmax(z, 1)[label] as number) + f * scale(T) * kl) / batch;
      }, 0),
    gradient: (f: number, T: number) =>
      rows.flatMap(({ label, z, t }) => {
        const [hard, p, q] = [softmax(z, 1), softmax(z, T), softmax(t, T)];
        return z.map((_, k) => {
          const residual = (hard[k] as number) - (k === label ? 1 : 0);
          return ((1 - f) * residual + (f * scale(T) * ((p[k] as number) - (q[k] as number))) / T) / batch;
        });
      }),
  };
}

const draw = (seed: number, spread: number) =>
  Array.from(randomValues(batch * classes, seed), (value) => Math.fround(value * spread));

const derivatives = (student: number[], teacher: number[], f: number, T: number, scaling: Scaling) =>
  runKernel(
    'MetadistillDistillationDerivatives',
    {
      studentLogits: tensor2d(student, [batch, classes]),
      teacherLogits: tensor2d(teacher, [batch, classes]),
      labels: tensor1d(labels, 'int32'),
    },
    { distillationFraction: f, temperature: T, ...factors[scaling](T) },
  ) as [Tensor, Tensor, Tensor, Tensor];

function tests(): void {
  it.each(['none', 'squared', 'other'] as const)(
    'are the differences of the definition, with scaling %s',
    (scaling) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 1e9 }),
          fc.double({ min: 0.3, max: 10, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (seed, T, f) => {
            const [student, teacher] = [draw(seed, 3), draw(seed + 1, 4)];
            const { loss, gradient } = reference(student, teacher, scaling);
            // Linear in f, so that a large step costs nothing; in T, logits of 16 / T turn by 16 h / T² < 4e-4.
            const [byFraction, byTemperature] = [0.1, 2e-6];
            const difference = (above: number[], below: number[], h: number) =>
              above.map((value, k) => (value - below[k]!) / (2 * h));
            const expected = [
              ...centralDifference(([at]) => loss(at!, T), [f], byFraction),
              ...centralDifference(([at]) => loss(f, at!), [T], byTemperature),
              ...difference(gradient(f + byFraction, T), gradient(f - byFraction, T), byFraction),
              ...difference(gradient(f, T + byTemperature), gradient(f, T - byTemperature), byTemperature),
            ];
            tidy(() => {
              const got = derivatives(student, teacher, f, T, scaling).flatMap((each) => [
                ...each.dataSync(),
              ]);
              const errors = got.map((value, k) => Math.abs(value - expected[k]!));
              // One rounding to float32, 6e-8; the difference's truncation, (4e-4)² / 6 of the largest; and its
              // rounding, 1e-16 of a loss of up to 60 over its step: 3e-9.
              expect(Math.max(...errors) / Math.max(1, ...expected.map(Math.abs))).toBeLessThan(1e-6);
            });
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it('stay finite for logits of ±10⁴ at temperature 0.05', () => {
    tidy(() => {
      for (const each of derivatives(draw(1, 5e3), draw(2, 5e3), 0.5, 0.05, 'none')) {
        for (const value of each.dataSync()) expect(Number.isFinite(value)).toBe(true);
      }
    });
  });
}

describeEachBuild('distillation derivatives', tests);

describeCpu('distillation derivatives', tests);
