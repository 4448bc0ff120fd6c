import { type GradConfig, mul, step, type Tensor } from '@tensorflow/tfjs-core';
import { fused } from './fused.js';

/** dx = dy where y > 0, NaN where y is NaN, else 0: in one pass where the backend has it, and of the output, which what follows keeps too. */
export const reluGradient: GradConfig = {
  kernelName: 'Relu',
  outputsToSave: [true],
  gradFunc: (cotangent, [y]) => {
    const dy = cotangent as Tensor;
    return { x: () => fused('MetadistillReluGrad', { dy, y: y! })?.[0] ?? mul(dy, step(y!)) };
  },
};
