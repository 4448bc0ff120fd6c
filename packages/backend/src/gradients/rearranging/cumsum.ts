import { cumsum, type GradConfig, type Tensor } from '@tensorflow/tfjs-core';

/** A running sum from the other end. TensorFlow.js' own transposes it if the axis is not the last one. */
export const cumsumGradient: GradConfig = {
  kernelName: 'Cumsum',
  gradFunc: (dy, _, attributes) => {
    const { axis, exclusive, reverse } = attributes as { axis: number; exclusive: boolean; reverse: boolean };
    return { x: () => cumsum(dy as Tensor, axis, exclusive, !reverse) };
  },
};
