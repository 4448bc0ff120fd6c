import { stepLists } from './step-lists.js';

/** `MetadistillSgdStep` on wasm: value − rate · gradient of all parameters; no state. */
export const sgdStep = stepLists<{ readonly learningRate: number }>(
  'sgdStep',
  0,
  ['learningRate'],
  ({ kernels }, from, to, size, { learningRate }) => {
    const [value, gradient] = from as [number, number];
    kernels.sgdStep(value, gradient, to[0]!, size, -learningRate);
  },
);
