import { centralDifference } from '@metadistill/testing';
import { dispose, type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const classes = 5;
const batch = 3;
const labels = [4, 0, 2];

/** log softmax by its definition, in float64. */
function logProbabilities(logits: readonly number[], temperature: number): number[] {
  const scaled = logits.map((z) => z / temperature);
  const largest = Math.max(...scaled);
  const logSum = Math.log(scaled.reduce((sum, z) => sum + Math.exp(z - largest), 0));
  return scaled.map((z) => z - largest - logSum);
}

const rowsOf = (logits: readonly number[]) =>
  labels.map((_, row) => logits.slice(row * classes, (row + 1) * classes));

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const crossEntropy = (logits: readonly number[], temperature: number) =>
  mean(rowsOf(logits).map((row, i) => -(logProbabilities(row, temperature)[labels[i] as number] as number)));

function divergence(student: readonly number[], teacher: readonly number[], temperature: number): number {
  const teachers = rowsOf(teacher);
  return mean(
    rowsOf(student).map((row, i) => {
      const log = logProbabilities(row, temperature);
      const target = logProbabilities(teachers[i] as number[], temperature);
      return target.reduce((sum, p, k) => sum + Math.exp(p) * (p - (log[k] as number)), 0);
    }),
  );
}

const draw = (seed: number, spread: number) =>
  Array.from(randomValues(batch * classes, seed), (value) => Math.fround(value * spread));

const seeds = fc.integer({ min: 0, max: 1e9 });

/**
 * Kernels compute in float64 and round once, to float32. Differences in float64 err by less than 10⁻⁸: their truncation by
 * h² / (60 T³), and their rounding by 10⁻¹⁵ of a loss of up to 60, times T², over h.
 */
const expectRounded = (got: ArrayLike<number>, exact: ArrayLike<number>) => {
  expect(got.length).toBe(exact.length);
  for (let i = 0; i < got.length; i++)
    expect(Math.abs(got[i]! - exact[i]!)).toBeLessThan(2 ** -24 * Math.abs(exact[i]!) + 1e-8);
};

function tests(): void {
  it('cross-entropy has the value of its definition and the gradient of central differences', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.3, max: 20, noNaN: true }), (seed, temperature) => {
        const logits = draw(seed, 3);
        tidy(() => {
          const [value, gradient] = runKernel(
            'MetadistillCrossEntropyGradient',
            { logits: tensor2d(logits, [batch, classes]), labels: tensor1d(labels, 'int32') },
            { temperature },
          ) as [Tensor, Tensor];
          expectRounded(value.dataSync(), [crossEntropy(logits, temperature)]);
          expectRounded(
            gradient.dataSync(),
            centralDifference((z) => crossEntropy(z, temperature), logits),
          );
        });
      }),
      { numRuns: 40 },
    );
  });

  it.each(['1', 'T²'] as const)('the distillation mix does too, with the factor %s', (factor) => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: 0.3, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, temperature, distillationFraction) => {
          const [student, teacher] = [draw(seed, 3), draw(seed + 1, 4)];
          const scale = factor === 'T²' ? temperature ** 2 : 1;
          const loss = (z: readonly number[]) =>
            (1 - distillationFraction) * crossEntropy(z, 1) +
            distillationFraction * scale * divergence(z, teacher, temperature);
          tidy(() => {
            const [value, gradient] = runKernel(
              'MetadistillDistillationGradient',
              {
                studentLogits: tensor2d(student, [batch, classes]),
                teacherLogits: tensor2d(teacher, [batch, classes]),
                labels: tensor1d(labels, 'int32'),
              },
              { distillationFraction, temperature, factor: scale, factorSlope: 0 },
            ) as [Tensor, Tensor];
            expectRounded(value.dataSync(), [loss(student)]);
            expectRounded(gradient.dataSync(), centralDifference(loss, student, 1e-4));
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('survive logits of ±10⁴ at temperature 0.05', () => {
    tidy(() => {
      const [student, teacher] = [draw(1, 5e3), draw(2, 5e3)];
      const attributes = { distillationFraction: 0.5, temperature: 0.05, factor: 1, factorSlope: 0 };
      const [value, gradient] = runKernel(
        'MetadistillDistillationGradient',
        {
          studentLogits: tensor2d(student, [batch, classes]),
          teacherLogits: tensor2d(teacher, [batch, classes]),
          labels: tensor1d(labels, 'int32'),
        },
        attributes,
      ) as [Tensor, Tensor];
      const expected = 0.5 * crossEntropy(student, 1) + 0.5 * divergence(student, teacher, 0.05);
      expectRounded(value.dataSync(), [expected]);
      for (const g of gradient.dataSync()) expect(Number.isFinite(g)).toBe(true);
    });
  });

  it('refuse labels out of range and temperatures that are not above 0', () => {
    const logits = tensor2d(draw(1, 1), [batch, classes]);
    const good = tensor1d(labels, 'int32');
    const bad = tensor1d([0, 5, 1], 'int32');
    const run = (labelsGiven: Tensor, temperature: number) => () =>
      runKernel('MetadistillCrossEntropyGradient', { logits, labels: labelsGiven }, { temperature });
    expect(run(bad, 1)).toThrow('labels[1] is 5; expected a class index from 0 to 4');
    expect(run(good, 0)).toThrow('temperature is 0; expected a number above 0');
    dispose([logits, good, bad]);
  });
}

describeEachBuild('softmax gradients', tests);

describeCpu('softmax gradients', tests);
