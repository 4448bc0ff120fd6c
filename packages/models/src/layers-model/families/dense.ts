import { dense } from '../../layers/dense/dense.js';
import { withActivation } from './activation.js';
import type { Compile } from './types.js';

export const compileDense: Compile = ({ name, config, shapeOf }) => {
  const [inputs, outputs] = shapeOf('kernel') as [number, number];
  const useBias = shapeOf('bias') !== undefined;
  const step = {
    layer: dense({ name, inputs, outputs, useBias }),
    weights: ['kernel', ...(useBias ? ['bias'] : [])],
  };
  return withActivation([step], name, config);
};
