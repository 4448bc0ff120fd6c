import { checkOptions } from '@metadistill/options';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import {
  depthwiseConvolve,
  depthwiseFilterGradient,
  depthwiseInputGradient,
} from '../../kernels/depthwise-convolve.js';
import { expectPositiveIntegers } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { chain } from '../containers/chain.js';
import { affine } from '../rules/affine.js';
import { opaque } from '../rules/opaque.js';
import { zeroPadding2d } from '../shape/zero-padding2d.js';
import { checkWindows, type WindowOptions } from './window-options.js';

export interface DepthwiseConv2dOptions extends LayerOptions, WindowOptions {
  /** Channels of the image that goes in. */
  readonly inputs: number;
  /** Channels that come out for each one that goes in. Default 1. */
  readonly depthMultiplier?: number;
  /** Default true. */
  readonly useBias?: boolean;
}

/**
 * Two-dimensional convolution of each channel by itself, from `[batch, height, width, inputs]` to
 * `[batch, outputHeight, outputWidth, inputs · depthMultiplier]`, the outputs of a channel side by side; parameters
 * `weight` `[kernelHeight, kernelWidth, inputs, depthMultiplier]` and, if used, `bias` `[inputs · depthMultiplier]`.
 *
 * Followed by `conv2d` with a `kernelSize` of 1, it is Keras' separable convolution.
 *
 * @throws RangeError if a size is not a positive integer, the padding is not smaller than the filter, or strides and
 *   `dilationRate` are both above 1.
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer<OpaqueCache<'depthwiseConv2d'>> {
  checkOptions('depthwiseConv2d', options, {
    inputs: true,
    depthMultiplier: true,
    kernelSize: true,
    strides: true,
    padding: true,
    dilationRate: true,
    useBias: true,
    name: true,
  });
  const { inputs, depthMultiplier = 1, useBias = true, name = 'depthwiseConv2d' } = options;
  expectPositiveIntegers(name, { inputs, depthMultiplier });
  const { kernelSize, windows, outputSides } = checkWindows(name, options);
  const [height, width] = kernelSize;
  const outputs = inputs * depthMultiplier;
  const shape: Tensor4D['shape'] = [height, width, inputs, depthMultiplier];
  return opaque({
    ...affine<Tensor4D, Tensor4D>({
      name,
      weight: { shape, torchLayout: 'groups' },
      kernelSizes: { height, width, channels: 1, outputs },
      outputs,
      useBias,
      outputShape: (inputShape) => [...outputSides(inputShape, inputs), outputs],
      apply: (x, weight, bias) => depthwiseConvolve(x, weight, bias, windows),
      weightGradient: (x, dy) => depthwiseFilterGradient(x, dy, shape, windows),
      inputGradient: (dy, weight, inputShape) => depthwiseInputGradient(dy, weight, inputShape, windows),
    }),
    keras: () => {
      const { padding = 'valid' } = options;
      const { strides, dilations } = windows;
      // tfjs-layers leaves the dilation out of account.
      if (Math.max(...dilations) > 1) return undefined;
      if (typeof padding === 'number') {
        const unpadded = depthwiseConv2d({ ...options, name: '', padding: 'valid' });
        return chain([zeroPadding2d({ padding }), unpadded]);
      }
      return {
        factory: 'depthwiseConv2d',
        config: { depthMultiplier, kernelSize, strides, padding, useBias },
      };
    },
  });
}
