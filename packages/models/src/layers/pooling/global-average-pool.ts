import { checkOptions } from '@metadistill/options';
import { add, mean, mul, reshape, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { runFused } from '../../kernels/run-fused.js';
import { sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';
import { channelsOf } from './channels-of.js';

export type GlobalAveragePoolOptions = LayerOptions;

/**
 * The mean of each channel over its image or sequence: `[batch, height, width, channels]` or `[batch, length, channels]` to
 * `[batch, channels]`.
 */
export function globalAveragePool(
  options: GlobalAveragePoolOptions = {},
): Layer<OpaqueCache<'globalAveragePool'>> {
  checkOptions('globalAveragePool', options, { name: true });
  const { name = 'globalAveragePool' } = options;
  return opaque({
    ...linear({
      name,
      outputShape: (inputShape) => channelsOf(name, inputShape),
      apply(input) {
        const x = reshape(input, rowOf(input.shape));
        return runFused('MetadistillGlobalAveragePool', { x })?.[0] ?? mean(x, [1, 2]);
      },
      transpose: (dy, inputShape) => reshape(spread(dy, rowOf(inputShape)), [...inputShape]),
    }),
    keras: ({ length }) => ({ factory: `globalAveragePooling${length - 1}d`, config: {} }),
  });
}

/** `[batch, 1, positions, channels]`: one row of all pixels, which the mean does not tell from the image. */
const rowOf = ([batch, ...example]: readonly number[]): number[] => [
  batch!,
  1,
  sizeOf(example.slice(0, -1)),
  example.at(-1)!,
];

/** The same share of each mean to every pixel. */
function spread(dy: Tensor, inputShape: number[]): Tensor {
  const fused = runFused('MetadistillGlobalAveragePoolGrad', { dy }, { inputShape });
  if (fused) return fused[0]!;
  const [batch, , positions, channels] = inputShape as [number, number, number, number];
  return add(zeros(inputShape), mul(reshape(dy, [batch, 1, 1, channels]), 1 / positions));
}
