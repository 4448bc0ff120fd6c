import { centralDifference, expectNoLeak, relativeError } from '@metadistill/testing';
import { dispose, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { publishedLoss } from './published-loss.js';

const student = [1, 0.5, -0.5, 0.2, 1.4, 0.3];
const teacher = [3, 1, -2, -1, 2, 0.5];
const labels = [0, 2];

const softmax = (row: number[]) => {
  const exponentials = row.map((value) => Math.exp(value - Math.max(...row)));
  const total = exponentials.reduce((a, b) => a + b);
  return exponentials.map((value) => value / total);
};

/** The loss as the paper's code writes it, in float64: the sign of T is of no matter to a softmax. */
const reference = (z: number[], distillationFraction: number, temperature: number) => {
  let loss = 0;
  for (const b of [0, 1]) {
    const row = (values: number[], T: number) => values.slice(3 * b, 3 * b + 3).map((value) => value / T);
    const p = softmax(row(z, temperature));
    const q = softmax(row(teacher, temperature));
    const crossEntropy = -Math.log(softmax(row(z, 1))[labels[b]!]!);
    const divergence = q.reduce((sum, each, k) => sum + each * Math.log(each / p[k]!), 0);
    loss += ((1 - distillationFraction) * crossEntropy + distillationFraction * divergence) / 2;
  }
  return loss;
};

test.each([2, 0.7, -0.7, -2])(
  'value and derivatives are those of the formula at temperature %f',
  async (temperature) => {
    const metaparameters = { distillationFraction: 0.3, temperature };
    await expectNoLeak(() => {
      const logits = tensor2d(student, [2, 3]);
      const targets = { labels: tensor1d(labels, 'int32'), teacherLogits: tensor2d(teacher, [2, 3]) };
      const { value, gradient } = publishedLoss().valueAndGradient(logits, targets, metaparameters);
      const slopes = publishedLoss().metaparameterGradient(logits, targets, metaparameters);
      const mixed = publishedLoss().mixedDerivatives(logits, targets, metaparameters);
      const slope = (z: number[]) => centralDifference((at) => reference(at, 0.3, temperature), z);
      const bySlope = (f: number, T: number) => centralDifference((at) => reference(at, f, T), student);
      const h = 1e-5;
      // float32 values of size one against float64 differences
      expect(relativeError(value, [reference(student, 0.3, temperature)])).toBeLessThan(1e-6);
      expect(relativeError(gradient, slope(student))).toBeLessThan(1e-5);
      const [byFraction, byTemperature] = centralDifference(
        ([f, T]) => reference(student, f!, T!),
        [0.3, temperature],
      );
      expect(relativeError(slopes.distillationFraction, [byFraction!])).toBeLessThan(1e-5);
      expect(relativeError(slopes.temperature, [byTemperature!])).toBeLessThan(1e-5);
      const expected = bySlope(0.3, temperature + h).map(
        (above, i) => (above - bySlope(0.3, temperature - h)[i]!) / (2 * h),
      );
      // a difference of differences: 1e-5² · 1/1e-10
      expect(relativeError(mixed.temperature, expected)).toBeLessThan(1e-4);
      dispose([logits, targets.labels, targets.teacherLogits, value, gradient]);
      dispose([
        slopes.distillationFraction,
        slopes.temperature,
        mixed.distillationFraction,
        mixed.temperature,
      ]);
    });
  },
);
