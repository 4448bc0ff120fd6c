import { addScaled, scoped, type Tensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { zerosLike } from '@tensorflow/tfjs-core';
import { checkedIterations, type IterationOptions } from './iterations.js';
import { isSolved, relativeNorm } from './relative-norm.js';
import type { Solver } from './types.js';

export type FixedPointOptions = IterationOptions;

/**
 * Iterates q <- v + (dw'/dw)ᵀ q with the inner optimizer's own step, weight decay and preconditioning included, and
 * gives u = (∂w'/∂g)ᵀ q: the hypergradient at the fixed point that the optimizer converges to.
 *
 * Converges as fast as the training does; needs no step size. Moments of the optimizer count as constant. For gradient
 * descent it is the Neumann series. The residual is that of v = (I − dw'/dw)ᵀ q.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown.
 * @see Grazzi, Franceschi, Pontil, Salzo (2020), section 2.2.
 */
export function fixedPoint(options: FixedPointOptions = {}): Solver {
  checkOptions<FixedPointOptions>('fixedPoint', options, { iterations: true, tolerance: true });
  const { iterations, tolerance } = checkedIterations('fixedPoint', options);
  return {
    name: 'fixedPoint',
    solve: ({ rightHandSide, multiply, pullBack }) =>
      scoped(() => {
        let q: Tensors = rightHandSide.map((v) => zerosLike(v));
        let change = rightHandSide;
        for (let k = 0; k < iterations; k++) {
          if (isSolved(() => relativeNorm(change, rightHandSide), tolerance)) break;
          q = addScaled(q, change, 1);
          // q_{k+1} − q_k = (dw'/dw)ᵀ (q_k − q_{k−1})
          const { parameters, gradient } = pullBack(change);
          change = addScaled(parameters, multiply(gradient), 1);
        }
        return { direction: pullBack(q).gradient, residual: relativeNorm(change, rightHandSide) };
      }),
  };
}
