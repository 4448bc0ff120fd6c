import { checkOptions } from '@metadistill/options';
import { reshape, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { convolveWithBias } from '../../kernels/convolve.js';
import { filterGradient } from '../../kernels/filter-gradient.js';
import { inputGradient } from '../../kernels/input-gradient.js';
import type { Padding } from '../../kernels/padding.js';
import { expectExampleShape, expectPositiveIntegers, formatBatchShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { chain } from '../containers/chain.js';
import { affine } from '../rules/affine.js';
import { opaque } from '../rules/opaque.js';
import { reshape as reshapeLayer } from '../shape/reshape.js';
import { zeroPadding2d } from '../shape/zero-padding2d.js';
import { expectPadding, expectStridesOrDilations, outputSide } from './window-options.js';

export interface Conv1dOptions extends LayerOptions {
  /** Channels of the sequence that goes in. */
  readonly inputs: number;
  /** Channels of the sequence that comes out. */
  readonly outputs: number;
  /** Steps of the filter. */
  readonly kernelSize: number;
  /** Steps from one window to the next. Default 1. */
  readonly strides?: number;
  /**
   * Zeros around the sequence: `valid` (the default) none, a number that many at each end as in PyTorch, `same` as many
   * as give ⌈steps / strides⌉ steps, the odd one at the end as in TensorFlow.
   */
  readonly padding?: Padding;
  /** Steps between the taps of the filter; above 1 only without strides. Default 1. */
  readonly dilationRate?: number;
  /** Default true. */
  readonly useBias?: boolean;
}

/**
 * Convolution along a sequence, from `[batch, steps, inputs]` to `[batch, outputSteps, outputs]`; parameters `weight`
 * `[kernelSize, inputs, outputs]` and, if used, `bias` `[outputs]`.
 *
 * @throws RangeError if a size is not a positive integer, the padding is not smaller than the filter, or strides and
 *   `dilationRate` are both above 1.
 */
export function conv1d(options: Conv1dOptions): Layer<OpaqueCache<'conv1d'>> {
  checkOptions('conv1d', options, {
    inputs: true,
    outputs: true,
    kernelSize: true,
    strides: true,
    padding: true,
    dilationRate: true,
    useBias: true,
    name: true,
  });
  const { inputs, outputs, kernelSize, useBias = true, name = 'conv1d' } = options;
  const { strides = 1, dilationRate = 1, padding = 'valid' } = options;
  expectPositiveIntegers(name, { inputs, outputs, kernelSize, strides, dilationRate });
  expectStridesOrDilations(name, options);
  const span = dilationRate * (kernelSize - 1) + 1;
  expectPadding(name, padding, span);
  // A sequence is an image of one row.
  const filterShape: Tensor4D['shape'] = [1, kernelSize, inputs, outputs];
  const windows = {
    strides: [1, strides],
    dilations: [1, dilationRate],
    padding: typeof padding === 'number' ? ([0, padding] as const) : padding,
  } as const;
  return opaque({
    ...affine<Tensor3D, Tensor3D>({
      name,
      weight: { shape: [kernelSize, inputs, outputs] },
      kernelSizes: { height: 1, width: kernelSize, channels: inputs, outputs },
      outputs,
      useBias,

      outputShape(inputShape) {
        expectExampleShape(name, inputShape, [undefined, inputs], 'Correct inputs or the layer before.');
        const steps = outputSide(inputShape[0]!, span, strides, padding);
        if (steps > 0) return [steps, outputs];
        throw new RangeError(
          `${name}: input has shape ${formatBatchShape(inputShape)}; expected at least ${span} steps with padding. Take longer sequences or pool less.`,
        );
      },

      apply: (x, weight, bias) => asSequence(convolveWithBias(asImage(x), filterOf(weight), bias, windows)),
      weightGradient: (x, dy) =>
        reshape(filterGradient(asImage(x), asImage(dy), filterShape, windows), [kernelSize, inputs, outputs]),
      inputGradient: (dy, weight, [batch, steps, channels]) =>
        asSequence(inputGradient(asImage(dy), filterOf(weight), [batch, 1, steps, channels], windows)),
    }),
    keras: ([steps]) => {
      if (typeof padding === 'number') {
        // tfjs-layers pads images alone.
        return chain([
          reshapeLayer({ shape: [steps!, 1, inputs] }),
          zeroPadding2d({ padding: [padding, 0] }),
          reshapeLayer({ shape: [steps! + 2 * padding, inputs] }),
          conv1d({ ...options, name: '', padding: 'valid' }),
        ]);
      }
      return {
        factory: 'conv1d',
        config: { filters: outputs, kernelSize, strides, padding, dilationRate, useBias },
      };
    },
  });
}

const asImage = (x: Tensor3D): Tensor4D => reshape(x, [x.shape[0], 1, x.shape[1], x.shape[2]]);

const asSequence = (x: Tensor4D): Tensor3D => reshape(x, [x.shape[0], x.shape[2], x.shape[3]]);

const filterOf = (weight: Tensor3D): Tensor4D => reshape(weight, [1, ...weight.shape]);
