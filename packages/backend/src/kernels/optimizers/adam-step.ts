import { stepLists } from './step-lists.js';

export interface AdamAttributes {
  readonly learningRate: number;
  /** Of the running mean of gradients, and of their squares. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ of step t, from 1. */
  readonly correction1: number;
  readonly correction2: number;
}

/** `MetadistillAdamStep` on wasm: Adam (Kingma and Ba 2015) on all parameters; state is both running means. */
export const adamStep = stepLists<AdamAttributes>(
  'adamStep',
  2,
  ['learningRate', 'beta1', 'beta2', 'epsilon', 'correction1', 'correction2'],
  ({ kernels }, from, to, size, { learningRate, beta1, beta2, epsilon, correction1, correction2 }) => {
    const [value, gradient, first, second] = from as [number, number, number, number];
    const [newValue, newFirst, newSecond] = to as [number, number, number];
    kernels.adamStep(
      value,
      gradient,
      first,
      second,
      newValue,
      newFirst,
      newSecond,
      size,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      correction1,
      correction2,
      epsilon,
      -learningRate,
    );
  },
);
