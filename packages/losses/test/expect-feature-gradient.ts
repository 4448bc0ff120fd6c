import { expectOnlyReturned, inFloat64 } from '@metadistill/testing';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { FeatureLoss } from '../src/features/types.js';

export interface Features {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export const make = ({ shape, values }: Features): Tensor => tensor([...values], [...shape]);

/** Value and gradient of a feature loss as plain numbers. Fails if the call leaks a tensor. */
export function evaluateFeatures(loss: FeatureLoss, student: Features, teacher: Features) {
  const inputs = [make(student), make(teacher)] as const;
  try {
    const { result: both } = expectOnlyReturned(`valueAndGradient of ${loss.name}`, () =>
      loss.valueAndGradient(...inputs),
    );
    expect(both.gradient.shape).toEqual(student.shape);
    const read = { value: both.value.dataSync()[0]!, gradient: [...both.gradient.dataSync()] };
    dispose([both.value, both.gradient]);
    return read;
  } finally {
    dispose([...inputs]);
  }
}

/** Numbers that no structure repeats, for features of a test. */
export const features = (shape: readonly number[], seed: number): Features => ({
  shape,
  values: Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => 2 * Math.sin(seed + 2.7 * i * i),
  ),
});

// Five-point difference at 1e-4 in float64: 1e-12/h of rounding and h⁴ of truncation, on values of size 1.
const STEP = 1e-4;
const TOLERANCE = 1e-7;

/** Expects the gradient to be the difference quotient of the value, in float64. */
export function expectFeatureGradient(loss: FeatureLoss, student: Features, teacher: Features) {
  inFloat64(() => {
    const { gradient } = evaluateFeatures(loss, student, teacher);
    const size = Math.max(...gradient.map(Math.abs));
    gradient.forEach((entry, i) => {
      const at = (shift: number) => {
        const values = student.values.map((value, j) => (j === i ? value + shift : value));
        return evaluateFeatures(loss, { ...student, values }, teacher).value;
      };
      const difference = (at(-2 * STEP) - 8 * at(-STEP) + 8 * at(STEP) - at(2 * STEP)) / (12 * STEP);
      expect(Math.abs(entry - difference), `entry ${i}`).toBeLessThan(TOLERANCE * size);
    });
  });
}

/** The features that the float64 golden values of these tests are computed on, outside this code base. */
const goldenStudent: Features = { shape: [3, 3], values: [1, 2, 0, 0, 1, 1, 2, 0, 1] };
const goldenTeacher: Features = { shape: [3, 2], values: [1, 1, 0, 2, 3, 1] };

/** A feature loss on the golden features in float64. */
export const goldenFeatureValue = (loss: FeatureLoss): number =>
  inFloat64(() => evaluateFeatures(loss, goldenStudent, goldenTeacher).value);
