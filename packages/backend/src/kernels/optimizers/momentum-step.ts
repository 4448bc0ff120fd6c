import { stepLists } from './step-lists.js';

export interface MomentumAttributes {
  readonly learningRate: number;
  readonly momentum: number;
  readonly useNesterov: boolean;
}

/** `MetadistillMomentumStep` on wasm: gradient descent with momentum on all parameters; state is the running step. */
export const momentumStep = stepLists<MomentumAttributes>(
  'momentumStep',
  1,
  ['learningRate', 'momentum'],
  ({ kernels }, from, to, size, { learningRate, momentum, useNesterov }) => {
    const [value, gradient, old] = from as [number, number, number];
    const [newValue, newOld] = to as [number, number];
    const rate = -learningRate;
    kernels.momentumStep(value, gradient, old, newValue, newOld, size, momentum, rate, useNesterov === true);
  },
);
