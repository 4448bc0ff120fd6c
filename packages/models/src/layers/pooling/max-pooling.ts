import type { Tensor } from '@tensorflow/tfjs-core';
import { gatherWinners, maxPoolWithArgmax, scatterToWinners } from '../../kernels/pooling/max-pool.js';
import { overImages } from '../../kernels/pooling/windows.js';
import type { Layer } from '../../types.js';
import type { CheckedPool } from './pool-options.js';
import { poolingLayer } from './pooling-layer.js';

/** The layer that takes the maximum of each window. */
export const maxPooling = (name: string, { pooling, outputShape }: CheckedPool): Layer => {
  const windows = overImages(pooling);
  return {
    ...poolingLayer<Tensor>(name, outputShape, {
      forward(x) {
        const { output, argmax } = maxPoolWithArgmax(x, windows);
        return { output, keep: argmax };
      },
      gradient: (dy, argmax, inputShape) => scatterToWinners(dy, argmax, inputShape, windows),
      tangent: (dx, argmax) => gatherWinners(dx, argmax, windows),
    }),
    keras: () => ({ factory: `maxPooling${pooling.poolSize.length}d`, config: { ...pooling } }),
  };
};
