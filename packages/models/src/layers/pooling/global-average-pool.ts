import { checkOptions } from '@metadistill/options';
import { add, mean, mul, reshape, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { runFused } from '../../kernels/run-fused.js';
import { sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';
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
  return opaque(
    piecewiseLinear({
      name,
      parameters: [],
      statistics: [],
      outputShape: (inputShape) => channelsOf(name, inputShape),
      initialize: () => ({ parameters: [], statistics: [] }),
      forward({ statistics }, input) {
        channelsOf(name, input.shape.slice(1));
        return { output: averaged(input), cache: input.shape, statistics };
      },
      vjp: (_weights, inputShape, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? spread(cotangent, inputShape) : undefined,
      }),
      jvp: (_weights, inputShape, _parameterTangents, inputTangent) =>
        inputTangent === undefined ? zeros([inputShape[0]!, inputShape.at(-1)!]) : averaged(inputTangent),
    }),
  );
}

/** `[batch, 1, positions, channels]`: one row of all pixels, which the mean does not tell from the image. */
const rowOf = ([batch, ...example]: readonly number[]): number[] => [
  batch!,
  1,
  sizeOf(example.slice(0, -1)),
  example.at(-1)!,
];

const averaged = (input: Tensor): Tensor =>
  tidy(() => {
    const x = reshape(input, rowOf(input.shape));
    return runFused('MetadistillGlobalAveragePool', { x })?.[0] ?? mean(x, [1, 2]);
  });

/** The same share of each mean to every pixel. */
const spread = (dy: Tensor, inputShape: readonly number[]): Tensor =>
  tidy(() => {
    const row = rowOf(inputShape);
    const [batch, , positions, channels] = row as [number, number, number, number];
    const dx =
      runFused('MetadistillGlobalAveragePoolGrad', { dy }, { inputShape: row })?.[0] ??
      add(zeros(row), mul(reshape(dy, [batch, 1, 1, channels]), 1 / positions));
    return reshape(dx, [...inputShape]);
  });
