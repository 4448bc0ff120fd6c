import { averagePool, averagePoolGradient } from '../../kernels/pooling/average-pool.js';
import { overImages } from '../../kernels/pooling/windows.js';
import type { Layer } from '../../types.js';
import type { CheckedPool } from './pool-options.js';
import { poolingLayer } from './pooling-layer.js';

/** The layer that takes the mean of each window. */
export const averagePooling = (name: string, { pooling, outputShape }: CheckedPool): Layer => {
  const windows = overImages(pooling);
  return {
    ...poolingLayer<undefined>(name, outputShape, {
      forward: (x) => ({ output: averagePool(x, windows), keep: undefined }),
      gradient: (dy, _keep, inputShape) => averagePoolGradient(dy, inputShape, windows),
      tangent: (dx) => averagePool(dx, windows),
    }),
    keras: () => ({ factory: `averagePooling${pooling.poolSize.length}d`, config: { ...pooling } }),
  };
};
