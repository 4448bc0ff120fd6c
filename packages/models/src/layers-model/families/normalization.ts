import { batchNorm } from '../../layers/normalization/batch-norm.js';
import type { Compile } from './types.js';

export const compileBatchNorm: Compile = ({ name, config, inputShapes: [inputShape], shapeOf }) => {
  const rank = inputShape!.length + 1;
  const { axis, momentum, epsilon } = config as { axis: number; momentum: number; epsilon: number };
  if (axis !== -1 && axis !== rank - 1) return undefined;
  const channels = inputShape!.at(-1)!;
  // Keras' momentum is the share that stays, and its moving variance is the biased one.
  const options = { channels, momentum: 1 - momentum, epsilon, movingVariance: 'biased' } as const;
  return [
    {
      layer: batchNorm({ ...options, name }),
      weights: [
        shapeOf('gamma') ? 'gamma' : 1,
        shapeOf('beta') ? 'beta' : 0,
        'moving_mean',
        'moving_variance',
      ],
      fusion: { kind: 'batchNorm', options },
    },
  ];
};
