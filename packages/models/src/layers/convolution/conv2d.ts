import { checkOptions } from '@metadistill/options';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { convolveWithBias } from '../../kernels/convolve.js';
import { filterGradient } from '../../kernels/filter-gradient.js';
import { inputGradient } from '../../kernels/input-gradient.js';
import { expectPositiveIntegers } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { chain } from '../containers/chain.js';
import { affine } from '../rules/affine.js';
import { opaque } from '../rules/opaque.js';
import { zeroPadding2d } from '../shape/zero-padding2d.js';
import { checkWindows, type WindowOptions } from './window-options.js';

export interface Conv2dOptions extends LayerOptions, WindowOptions {
  /** Channels of the image that goes in. */
  readonly inputs: number;
  /** Channels of the image that comes out. */
  readonly outputs: number;
  /** Default true. */
  readonly useBias?: boolean;
}

/**
 * Two-dimensional convolution, from `[batch, height, width, inputs]` to
 * `[batch, outputHeight, outputWidth, outputs]`; parameters `weight` `[kernelHeight, kernelWidth, inputs, outputs]` and,
 * if used, `bias` `[outputs]`.
 *
 * @throws RangeError if a size is not a positive integer, the padding is not smaller than the filter, or strides and
 *   `dilationRate` are both above 1.
 */
export function conv2d(options: Conv2dOptions): Layer<OpaqueCache<'conv2d'>> {
  checkOptions('conv2d', options, {
    inputs: true,
    outputs: true,
    kernelSize: true,
    strides: true,
    padding: true,
    dilationRate: true,
    useBias: true,
    name: true,
  });
  const { inputs, outputs, useBias = true, name = 'conv2d' } = options;
  expectPositiveIntegers(name, { inputs, outputs });
  const { kernelSize, windows, outputSides } = checkWindows(name, options);
  const [height, width] = kernelSize;
  const shape: Tensor4D['shape'] = [height, width, inputs, outputs];
  return opaque({
    ...affine<Tensor4D, Tensor4D>({
      name,
      weight: { shape },
      kernelSizes: { height, width, channels: inputs, outputs },
      outputs,
      useBias,
      outputShape: (inputShape) => [...outputSides(inputShape, inputs), outputs],
      apply: (x, weight, bias) => convolveWithBias(x, weight, bias, windows),
      weightGradient: (x, dy) => filterGradient(x, dy, shape, windows),
      inputGradient: (dy, weight, inputShape) => inputGradient(dy, weight, inputShape, windows),
    }),
    keras: () => {
      const { padding = 'valid' } = options;
      if (typeof padding === 'number') {
        return chain([zeroPadding2d({ padding }), conv2d({ ...options, name: '', padding: 'valid' })]);
      }
      const { strides, dilations: dilationRate } = windows;
      return {
        factory: 'conv2d',
        config: { filters: outputs, kernelSize, strides, padding, dilationRate, useBias },
      };
    },
  });
}
