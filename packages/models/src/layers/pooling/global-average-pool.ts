import { checkOptions } from '@metadistill/options';
import { add, mean, mul, reshape, type Tensor, type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import { runFused } from '../../kernels/run-fused.js';
import { expectExampleShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { piecewiseLinear } from '../rules/piecewise-linear.js';

export type GlobalAveragePoolOptions = LayerOptions;

/** The mean of each channel over its image: `[batch, height, width, channels]` to `[batch, channels]`. */
export function globalAveragePool(
  options: GlobalAveragePoolOptions = {},
): Layer<OpaqueCache<'globalAveragePool'>> {
  checkOptions('globalAveragePool', options, { name: true });
  const { name = 'globalAveragePool' } = options;
  const outputShape = (inputShape: readonly number[]) => {
    expectExampleShape(name, inputShape, [undefined, undefined, inputShape[2]], 'It pools images.');
    return inputShape.slice(2);
  };
  return opaque(
    piecewiseLinear({
      name,
      parameters: [],
      statistics: [],
      outputShape,
      initialize: () => ({ parameters: [], statistics: [] }),
      forward({ statistics }, input) {
        outputShape(input.shape.slice(1));
        return { output: averaged(input as Tensor4D), cache: (input as Tensor4D).shape, statistics };
      },
      vjp: (_weights, inputShape, cotangent, wantInput) => ({
        parameters: [],
        input: wantInput ? spread(cotangent, inputShape) : undefined,
      }),
      jvp: (_weights, [batch, , , channels], _parameterTangents, inputTangent) =>
        inputTangent === undefined ? zeros([batch, channels]) : averaged(inputTangent as Tensor4D),
    }),
  );
}

const averaged = (x: Tensor4D): Tensor =>
  runFused('MetadistillGlobalAveragePool', { x })?.[0] ?? mean(x, [1, 2]);

/** The same share of each mean to every pixel. */
const spread = (dy: Tensor, inputShape: Tensor4D['shape']): Tensor =>
  runFused('MetadistillGlobalAveragePoolGrad', { dy }, { inputShape })?.[0] ??
  tidy(() => {
    const [batch, height, width, channels] = inputShape;
    const share = mul(dy, 1 / (height * width));
    return add(zeros(inputShape), reshape(share, [batch, 1, 1, channels]));
  });
