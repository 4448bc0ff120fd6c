import { inFloat64, relativeError } from '@metadistill/testing';
import { describe, expect, test } from 'vitest';
import { everyFeatureLoss } from '../../test/every-loss.js';
import { evaluateFeatures, type Features, features } from '../../test/expect-feature-gradient.js';
import type { FeatureLoss } from './types.js';

const shape = [5, 2, 3, 4];

/** As float32 holds them, so that both precisions start from the same numbers. */
const scaled = ({ values }: Features, factor: number, offset: number): Features => ({
  shape,
  values: values.map((value) => Math.fround(factor * value + offset)),
});

const named = (losses: typeof everyFeatureLoss) => losses.map(({ loss }) => [loss.name, loss] as const);

describe.each(named(everyFeatureLoss))('%s', (_, loss) => {
  test.each([1, 1e-3, 1e4])('float32 agrees with float64 for features of size %f', (size) => {
    expectAgreement(loss, size, 0);
  });
});

test.each(named(everyFeatureLoss.filter(({ shiftInvariant }) => shiftInvariant)))(
  '%s keeps its digits where features are far from zero and close to one another',
  (_, loss) => {
    expectAgreement(loss, 1, 1000);
  },
);

function expectAgreement(loss: FeatureLoss, size: number, offset: number): void {
  const student = scaled(features(shape, 1), size, offset);
  const teacher = scaled(features(shape, 2), size, offset);
  const single = evaluateFeatures(loss, student, teacher);
  const double = inFloat64(() => evaluateFeatures(loss, student, teacher));
  // Some tens of roundings of 6e-8.
  expect(relativeError([single.value], [double.value])).toBeLessThan(1e-5);
  expect(relativeError(single.gradient, double.gradient)).toBeLessThan(1e-5);
}
