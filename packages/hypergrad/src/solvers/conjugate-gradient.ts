import { dotTensors, type Tensors } from '@metadistill/models';
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
import { isSolved, relativeNorm } from './relative-norm.js';
import type { Solver } from './types.js';

/**
 * Conjugate gradients from x = 0: the exact x after as many products as H has distinct eigenvalues, where H is
 * symmetric and positive definite. Damping makes it so far from a minimum.
 *
 * Along a direction whose curvature is not positive no step is made, and the residual stays.
 *
 * @see Pedregosa (2016), Hyperparameter optimization with approximate gradient.
 */
export const conjugateGradient: Solver = ({ rightHandSide, multiply, iterations, tolerance }) => {
  let residual = rightHandSide;
  let direction = rightHandSide;
  let solution: Tensors = rightHandSide.map((v) => zerosLike(v));
  let squared = dotTensors(residual, residual);
  let products = 0;
  while (products < iterations && !isSolved(() => relativeNorm(residual, rightHandSide), tolerance)) {
    const product = multiply(direction);
    const length = quotient(squared, dotTensors(direction, product));
    solution = addTimes(solution, direction, length);
    residual = addTimes(residual, product, neg(length));
    const nextSquared = dotTensors(residual, residual);
    direction = addTimes(residual, direction, quotient(nextSquared, squared));
    squared = nextSquared;
    products += 1;
  }
  return {
    direction: solution.map((x) => neg(x)),
    products,
    residual: relativeNorm(residual, rightHandSide),
  };
};

/** a / b where b is positive, else 0. */
const quotient = (a: Scalar, b: Scalar): Scalar => {
  const positive = greater(b, 0);
  return where(positive, div(a, where(positive, b, 1)), sub(a, a));
};

const addTimes = (a: Tensors, b: Tensors, scale: Scalar): Tensors =>
  a.map((tensor, i) => add(tensor, mul(b[i] as Tensor, scale)));
