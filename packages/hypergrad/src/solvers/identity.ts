import { mul } from '@tensorflow/tfjs-core';
import type { Solver } from './types.js';

/**
 * x = η v: the Hessian taken for the identity over η, no product at all. With η the learning rate of gradient descent
 * it is the one-step hypergradient.
 *
 * @see Luketina, Berglund, Greff, Raiko (2016), "T1 − T2".
 */
export const identity: Solver = ({ rightHandSide, stepSize }) => ({
  direction: rightHandSide.map((v) => mul(v, -stepSize)),
  products: 0,
});
