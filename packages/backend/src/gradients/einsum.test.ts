import { abs, einsum, grads, mul, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';
import { randomValues } from '../../test/random-values.js';

const lengths: Readonly<Record<string, number>> = { a: 2, b: 3, c: 4, d: 5, e: 2 };
const equations = [
  'ab,bc->ac',
  'abc,acd->abd',
  'acbe,aecd->abcd',
  'ab,c->ab',
  'abc,b->ac',
  'abc->b',
  'abc->cab',
  'ab->',
];
const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

const tests = () => {
  // An einsum is linear in each operand: ⟨gradient, operand⟩ = ⟨dy, y⟩, and with another operand put in too.
  it.each(equations)('of %s is the transpose of it in each operand', (equation) => {
    const [left, result] = equation.split('->') as [string, string];
    const shapes = left.split(',').map((term) => [...term].map((letter) => lengths[letter]!));
    const shape = [...result].map((letter) => lengths[letter]!);
    tidy(() => {
      const operands = shapes.map((of, i) => tensor(randomValues(sizeOf(of), i + 1), of));
      const dy = tensor(randomValues(sizeOf(shape), 7), shape);
      const project = (...at: Tensor[]) => sum(mul(einsum(equation, ...at), dy));
      const gradients = grads(project)(operands);
      for (const [i, gradient] of gradients.entries()) {
        expect(gradient.shape).toEqual(shapes[i]);
        for (let k = 0; k < 5; k++) {
          const other = tensor(randomValues(sizeOf(shapes[i]!), 20 + k), shapes[i]!);
          const moved = operands.map((operand, n) => (n === i ? other : operand));
          const terms = sum(abs(mul(gradient, other))).dataSync()[0]!;
          const difference = sum(mul(gradient, other)).dataSync()[0]! - project(...moved).dataSync()[0]!;
          expect(Math.abs(difference)).toBeLessThan(1e-5 * terms + 1e-5);
        }
      }
    });
  });
};

describeCpu('the gradient', tests);
describeEachBuild('the gradient', tests);
