import { addScaled, type Tensors } from '@metadistill/models';
import { zerosLike } from '@tensorflow/tfjs-core';
import { isSolved, relativeNorm } from './relative-norm.js';
import type { Solver } from './types.js';

/**
 * Iterates q <- v + (dw'/dw)ᵀ q with the inner optimizer's own step, weight decay and preconditioning included, and
 * gives u = (∂w'/∂g)ᵀ q: the hypergradient at the fixed point that the optimizer converges to.
 *
 * Converges as fast as the training does; needs no step size. Moments of the optimizer count as constant. For gradient
 * descent it is the Neumann series. The residual is that of v = (I − dw'/dw)ᵀ q.
 *
 * @see Grazzi, Franceschi, Pontil, Salzo (2020), section 2.2.
 */
export const fixedPoint: Solver = ({ rightHandSide, multiply, pullBack, iterations, tolerance }) => {
  let q: Tensors = rightHandSide.map((v) => zerosLike(v));
  let change = rightHandSide;
  let products = 0;
  while (products < iterations && !isSolved(() => relativeNorm(change, rightHandSide), tolerance)) {
    q = addScaled(q, change, 1);
    // q_{k+1} − q_k = (dw'/dw)ᵀ (q_k − q_{k−1})
    const { parameters, gradient } = pullBack(change);
    change = addScaled(parameters, multiply(gradient), 1);
    products += 1;
  }
  return {
    direction: pullBack(q).gradient,
    products,
    residual: relativeNorm(change, rightHandSide),
  };
};
