import { checkOptions, describeValue } from '@metadistill/options';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { convolve } from '../../kernels/convolve.js';
import { filterGradient } from '../../kernels/filter-gradient.js';
import { inputGradient } from '../../kernels/input-gradient.js';
import { addPerChannel } from '../../kernels/per-channel.js';
import { expectExampleShape, expectPositiveIntegers, type Size2d, sizePair } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { affine } from '../rules/affine.js';
import { opaque } from '../rules/opaque.js';

export interface Conv2dTransposeOptions extends LayerOptions {
  /** Channels of the image that goes in. */
  readonly inputs: number;
  /** Channels of the image that comes out. */
  readonly outputs: number;
  /** Rows and columns of the filter. */
  readonly kernelSize: Size2d;
  /** Rows and columns that come out for each one that goes in. Default 1. */
  readonly strides?: Size2d;
  /**
   * What is left of the rows and columns that the filter reaches: with `valid` (the default) all of them,
   * size · strides + max(kernelSize − strides, 0), with `same` size · strides.
   */
  readonly padding?: 'valid' | 'same';
  /** Default true. */
  readonly useBias?: boolean;
}

/**
 * Transposed convolution, from `[batch, height, width, inputs]` to `[batch, outputHeight, outputWidth, outputs]`: the
 * input gradient of the convolution that goes the other way. Parameters `weight`
 * `[kernelHeight, kernelWidth, outputs, inputs]` and, if used, `bias` `[outputs]`.
 *
 * @throws RangeError if a size is not a positive integer, or the padding is none.
 */
export function conv2dTranspose(options: Conv2dTransposeOptions): Layer<OpaqueCache<'conv2dTranspose'>> {
  checkOptions('conv2dTranspose', options, {
    inputs: true,
    outputs: true,
    kernelSize: true,
    strides: true,
    padding: true,
    useBias: true,
    name: true,
  });
  const { inputs, outputs, padding = 'valid', useBias = true, name = 'conv2dTranspose' } = options;
  expectPositiveIntegers(name, { inputs, outputs });
  if (padding !== 'valid' && padding !== 'same') {
    throw new RangeError(`${name}: padding is ${describeValue(padding)}; expected 'valid' or 'same'.`);
  }
  const [height, width] = sizePair(name, 'kernelSize', options.kernelSize);
  const strides = sizePair(name, 'strides', options.strides ?? 1);
  const windows = { strides, dilations: [1, 1], padding } as const;
  const shape: Tensor4D['shape'] = [height, width, outputs, inputs];
  const outputSide = (side: number, size: number, stride: number) =>
    side * stride + (padding === 'valid' ? Math.max(size - stride, 0) : 0);
  const outputShape = (inputShape: readonly number[]): [number, number, number] => {
    const advice = 'Images are channels-last; correct inputs or the layer before.';
    expectExampleShape(name, inputShape, [undefined, undefined, inputs], advice);
    const [rows, columns] = inputShape as [number, number];
    return [outputSide(rows, height, strides[0]), outputSide(columns, width, strides[1]), outputs];
  };
  return opaque({
    ...affine<Tensor4D, Tensor4D>({
      name,
      weight: { shape },
      kernelSizes: { height, width, channels: outputs, outputs: inputs },
      outputs,
      useBias,
      outputShape,
      apply(x, weight, bias) {
        const y = inputGradient(x, weight, [x.shape[0], ...outputShape(x.shape.slice(1))], windows);
        return bias ? addPerChannel(y, bias) : y;
      },
      weightGradient: (x, dy) => filterGradient(dy, x, shape, windows),
      inputGradient: (dy, weight) => convolve(dy, weight, windows),
    }),
    keras: () => ({
      factory: 'conv2dTranspose',
      config: { filters: outputs, kernelSize: [height, width], strides, padding, useBias },
    }),
  });
}
