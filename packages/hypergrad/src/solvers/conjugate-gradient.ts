import { dotTensors, scoped, type Tensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import {
  add,
  div,
  greater,
  mul,
  neg,
  type Scalar,
  sub,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkedIterations, type IterationOptions } from './iterations.js';
import { isSolved, relativeNorm } from './relative-norm.js';
import type { Solver } from './types.js';

export type ConjugateGradientOptions = IterationOptions;

/**
 * Conjugate gradients from x = 0: the exact x after as many products as H has distinct eigenvalues, if H is symmetric and
 * positive definite. Damping makes it so far from a minimum.
 *
 * Differs from `scipy.sparse.linalg.cg`: it always starts at 0, has no preconditioner, makes all `iterations` unless a
 * tolerance is given (scipy stops at 1e-5), and makes no step along a direction whose curvature is not positive, where
 * scipy steps on: the residual then stays.
 *
 * @throws RangeError if an option is outside its range, TypeError if it is unknown.
 * @see Pedregosa (2016), Hyperparameter optimization with approximate gradient.
 */
export function conjugateGradient(options: ConjugateGradientOptions = {}): Solver {
  checkOptions<ConjugateGradientOptions>('conjugateGradient', options, { iterations: true, tolerance: true });
  const { iterations, tolerance } = checkedIterations('conjugateGradient', options);
  return {
    name: 'conjugateGradient',
    solve: ({ rightHandSide, multiply }) =>
      scoped(() => {
        let residual = rightHandSide;
        let direction = rightHandSide;
        let solution: Tensors = rightHandSide.map((v) => zerosLike(v));
        let squared = dotTensors(residual, residual);
        for (let k = 0; k < iterations; k++) {
          if (isSolved(() => relativeNorm(residual, rightHandSide), tolerance)) break;
          const product = multiply(direction);
          const length = quotient(squared, dotTensors(direction, product));
          solution = addTimes(solution, direction, length);
          residual = addTimes(residual, product, neg(length));
          const nextSquared = dotTensors(residual, residual);
          direction = addTimes(residual, direction, quotient(nextSquared, squared));
          squared = nextSquared;
        }
        return {
          direction: solution.map((x) => neg(x)),
          residual: relativeNorm(residual, rightHandSide),
        };
      }),
  };
}

/** a / b if b is positive, else 0. */
const quotient = (a: Scalar, b: Scalar): Scalar => {
  const positive = greater(b, 0);
  return where(positive, div(a, where(positive, b, 1)), sub(a, a));
};

const addTimes = (a: Tensors, b: Tensors, scale: Scalar): Tensors =>
  a.map((tensor, i) => add(tensor, mul(b[i] as Tensor, scale)));
