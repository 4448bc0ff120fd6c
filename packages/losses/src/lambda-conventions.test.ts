import { expect, test } from 'vitest';
import { fromAuthorsCodeLambda, fromPaperLambda } from './lambda-conventions.js';

test("the paper's λ₁ of 0.2 and the code's lambda1 of 0.8 both mean four fifths of distillation", () => {
  expect(fromPaperLambda(0.2)).toBe(0.8);
  expect(fromAuthorsCodeLambda(0.8)).toBe(0.8);
});
