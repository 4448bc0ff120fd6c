import { addScaled, type Tensors } from '@metadistill/models';
import { mul, zerosLike } from '@tensorflow/tfjs-core';
import { isSolved, relativeNorm } from './relative-norm.js';
import type { Solver } from './types.js';

/**
 * K terms of the Neumann series, x = η Σ_{i<K} (I − η H)ⁱ v, with K products: the last one gives the residual
 * (I − η H)ᴷ v. Converges where 0 < η < 2 / ‖H‖ and H is positive definite.
 *
 * K terms are what K unrolled steps of gradient descent give where the Hessian does not change.
 *
 * @see Lorraine, Vicol, Duvenaud (2020), section 3.
 */
export const neumann: Solver = ({ rightHandSide, multiply, stepSize, iterations, tolerance }) => {
  let residual = rightHandSide;
  let total: Tensors = rightHandSide.map((v) => zerosLike(v));
  let products = 0;
  while (products < iterations && !isSolved(() => relativeNorm(residual, rightHandSide), tolerance)) {
    total = addScaled(total, residual, 1);
    residual = addScaled(residual, multiply(residual), -stepSize);
    products += 1;
  }
  return {
    direction: total.map((sum) => mul(sum, -stepSize)),
    products,
    residual: relativeNorm(residual, rightHandSide),
  };
};
