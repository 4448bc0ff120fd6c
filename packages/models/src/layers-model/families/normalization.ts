import { batchNorm } from '../../layers/normalization/batch-norm.js';
import { layerNorm } from '../../layers/normalization/layer-norm.js';
import type { Compile, LayerSource } from './types.js';

/** γ and β, or the constants that stand for those that a layer does without. */
const scaleAndOffset = ({ shapeOf }: LayerSource) => [
  shapeOf('gamma') ? 'gamma' : 1,
  shapeOf('beta') ? 'beta' : 0,
];

export const compileBatchNorm: Compile = (source) => {
  const {
    name,
    config,
    inputShapes: [inputShape],
  } = source;
  const { axis, momentum, epsilon } = config as { axis: number; momentum: number; epsilon: number };
  if (axis !== -1 && axis !== inputShape!.length) return undefined;
  const channels = inputShape!.at(-1)!;
  // Keras' momentum is the share that stays, and its moving variance is the biased one.
  const options = { channels, momentum: 1 - momentum, epsilon, movingVariance: 'biased' } as const;
  return [
    {
      layer: batchNorm({ ...options, name }),
      weights: [...scaleAndOffset(source), 'moving_mean', 'moving_variance'],
      fusion: { kind: 'batchNorm', options },
    },
  ];
};

/** Over the last axes alone, in their order. */
export const compileLayerNorm: Compile = (source) => {
  const {
    name,
    config,
    inputShapes: [inputShape],
  } = source;
  const { axis, epsilon } = config as { axis: readonly number[]; epsilon: number };
  const first = inputShape!.length + 1 - axis.length;
  if (axis.some((each, k) => each !== first + k)) return undefined;
  const normalizedShape = inputShape!.slice(first - 1);
  return [{ layer: layerNorm({ name, normalizedShape, epsilon }), weights: scaleAndOffset(source) }];
};
