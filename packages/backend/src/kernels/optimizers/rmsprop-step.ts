import { stepLists } from './step-lists.js';

export interface RmspropAttributes {
  readonly learningRate: number;
  /** Of the running mean of squared gradients. */
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
}

/**
 * `MetadistillRmspropStep` on wasm: RMSProp, not centred, on all parameters; state is the running mean of squared gradients,
 * and the running step.
 */
export const rmspropStep = stepLists<RmspropAttributes>(
  'rmspropStep',
  2,
  ['learningRate', 'decay', 'momentum', 'epsilon'],
  ({ kernels }, from, to, size, { learningRate, decay, momentum, epsilon }) => {
    const [value, gradient, square, old] = from as [number, number, number, number];
    const [newValue, newSquare, newOld] = to as [number, number, number];
    kernels.rmspropStep(
      value,
      gradient,
      square,
      old,
      newValue,
      newSquare,
      newOld,
      size,
      decay,
      1 - decay,
      momentum,
      epsilon,
      learningRate,
    );
  },
);
