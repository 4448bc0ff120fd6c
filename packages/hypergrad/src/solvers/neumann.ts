import { addScaled, scaleTensors, scoped, type Tensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { zerosLike } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { checkedIterations, type IterationOptions } from './iterations.js';
import { isSolved, relativeNorm } from './relative-norm.js';
import type { Solver } from './types.js';

export interface NeumannOptions extends IterationOptions {
  /** η > 0; by default the learning rate of the point. */
  readonly stepSize?: number;
}

/**
 * K terms of the Neumann series, x = η Σ_{i<K} (I − η H)ⁱ v, with K products: the last one gives the residual
 * (I − η H)ᴷ v. Converges if 0 < η < 2 / ‖H‖ and H is positive definite.
 *
 * K terms are what K unrolled steps of gradient descent give if the Hessian does not change.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown.
 * @see Lorraine, Vicol, Duvenaud (2020), section 3.
 */
export function neumann(options: NeumannOptions = {}): Solver {
  checkOptions<NeumannOptions>('neumann', options, { iterations: true, tolerance: true, stepSize: true });
  const { iterations, tolerance } = checkedIterations('neumann', options);
  const { stepSize } = options;
  if (stepSize !== undefined) positive('neumann', 'stepSize', stepSize);
  return {
    name: 'neumann',
    solve: ({ rightHandSide, multiply, learningRate }) =>
      scoped(() => {
        const step = stepSize ?? learningRate;
        let residual = rightHandSide;
        let total: Tensors = rightHandSide.map((v) => zerosLike(v));
        for (let k = 0; k < iterations; k++) {
          if (isSolved(() => relativeNorm(residual, rightHandSide), tolerance)) break;
          total = addScaled(total, residual, 1);
          residual = addScaled(residual, multiply(residual), -step);
        }
        return {
          direction: scaleTensors(total, -step),
          residual: relativeNorm(residual, rightHandSide),
        };
      }),
  };
}
