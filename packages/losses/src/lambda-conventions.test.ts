import { expect, test } from 'vitest';
import { fromConvexWeights, fromPaperLambda } from './lambda-conventions.js';

test("the paper's λ₁ of 0.2 means four fifths of distillation", () => {
  expect(fromPaperLambda(0.2)).toBe(0.8);
});

test('two weights that sum to 1 are a fraction, and others are refused', () => {
  expect(fromConvexWeights({ classificationWeight: 0.1, distillationWeight: 0.9 })).toBe(0.9);
  const of = (classificationWeight: number, distillationWeight: number) => () =>
    fromConvexWeights({ classificationWeight, distillationWeight });
  expect(of(1, 1)).toThrow('the weights are 1 and 1; expected two of at least 0 that sum to 1');
  expect(of(-0.5, 1.5)).toThrow('the weights are -0.5 and 1.5');
  expect(of(Number.NaN, 1)).toThrow(RangeError);
});
