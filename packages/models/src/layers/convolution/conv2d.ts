import { checkOptions, describeValue } from '@metadistill/options';
import { add, type Tensor1D, type Tensor4D, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { convolve, convolveWithBias } from '../../kernels/convolve.js';
import { filterGradient } from '../../kernels/filter-gradient.js';
import { inputGradient } from '../../kernels/input-gradient.js';
import type { Padding } from '../../kernels/padding.js';
import { sumPerChannel } from '../../kernels/per-channel.js';
import { expectExampleShape, expectPositiveIntegers, formatBatchShape } from '../../shapes.js';
import { drawBias, drawKernel } from '../../torch-initialization.js';
import type { Layer, LayerOptions, OpaqueCache, Tensors } from '../../types.js';
import { bilinear } from '../rules/bilinear.js';
import { opaque } from '../rules/opaque.js';

export interface Conv2dOptions extends LayerOptions {
  /** Channels of the image that goes in. */
  readonly inputs: number;
  /** Channels of the image that comes out. */
  readonly outputs: number;
  /** Side of the square filter. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /**
   * Zeros around the image: `valid` (the default) none, a number that many on each side as in PyTorch, `same` as many
   * as give ⌈size / strides⌉ rows and columns, the odd one at the bottom and right as in TensorFlow.
   */
  readonly padding?: Padding;
  /** Default true. */
  readonly useBias?: boolean;
}

/**
 * Two-dimensional convolution, from `[batch, height, width, inputs]` to
 * `[batch, outputHeight, outputWidth, outputs]`; parameters `weight`
 * `[kernelSize, kernelSize, inputs, outputs]` and, if used, `bias` `[outputs]`.
 *
 * @throws RangeError if a size is not a positive integer or the padding is not smaller than the filter.
 */
export function conv2d(options: Conv2dOptions): Layer<OpaqueCache<'conv2d'>> {
  checkOptions('conv2d', options, {
    inputs: true,
    outputs: true,
    kernelSize: true,
    strides: true,
    padding: true,
    useBias: true,
    name: true,
  });
  const { inputs, outputs, kernelSize } = options;
  const { strides = 1, padding = 'valid', useBias = true, name = 'conv2d' } = options;
  expectPositiveIntegers(name, { inputs, outputs, kernelSize, strides });
  expectPadding(name, padding, kernelSize);
  const window = { strides, padding };
  const shape = [kernelSize, kernelSize, inputs, outputs] as Tensor4D['shape'];
  const outputShape = (inputShape: readonly number[]) => {
    const advice = 'Images are channels-last; correct inputs or the layer before.';
    expectExampleShape(name, inputShape, [undefined, undefined, inputs], advice);
    const [height, width] = inputShape.map((side) => outputSide(side, kernelSize, strides, padding));
    if (!(Math.min(height as number, width as number) > 0)) {
      throw new RangeError(
        `${name}: input has shape ${formatBatchShape(inputShape)}; expected height and width of at least ${kernelSize} with padding. Take larger images or pool less.`,
      );
    }
    return [height as number, width as number, outputs];
  };
  return opaque(
    bilinear({
      name,
      parameters: [{ name: 'weight', shape }, ...(useBias ? [{ name: 'bias', shape: [outputs] }] : [])],
      statistics: [],
      outputShape,

      initialize(uniform) {
        const sizes = {
          height: kernelSize,
          width: kernelSize,
          channels: inputs,
          outputs,
        };
        const weight = tensor4d(drawKernel(uniform, sizes), shape);
        const biases = useBias ? [tensor1d(drawBias(uniform, sizes))] : [];
        return { parameters: [weight, ...biases], statistics: [] };
      },

      forward({ parameters, statistics }, input) {
        outputShape(input.shape.slice(1));
        const { weight, bias } = named(parameters);
        const x = input as Tensor4D;
        return {
          output: convolveWithBias(x, weight, bias, window),
          cache: x,
          statistics,
        };
      },

      vjp({ parameters }, x, cotangent, wantInput) {
        const dy = cotangent as Tensor4D;
        return {
          parameters: [filterGradient(x, dy, shape, window), ...(useBias ? [sumPerChannel(dy)] : [])],
          input: wantInput ? inputGradient(dy, named(parameters).weight, x.shape, window) : undefined,
        };
      },

      // ẏ = x ∗ Ẇ + ẋ ∗ W + ḃ
      jvp({ parameters }, x, parameterTangents, inputTangent) {
        const { weight, bias } = named(parameterTangents);
        return tidy(() => {
          const throughParameters = convolveWithBias(x, weight, bias, window);
          return inputTangent === undefined
            ? throughParameters
            : add(throughParameters, convolve(inputTangent as Tensor4D, named(parameters).weight, window));
        });
      },
    }),
  );
}

function named([weight, bias]: Tensors): { readonly weight: Tensor4D; readonly bias: Tensor1D | undefined } {
  return { weight: weight as Tensor4D, bias: bias as Tensor1D | undefined };
}

const outputSide = (side: number, kernelSize: number, strides: number, padding: Padding): number =>
  padding === 'same'
    ? Math.ceil(side / strides)
    : Math.floor((side + 2 * (padding === 'valid' ? 0 : padding) - kernelSize) / strides) + 1;

function expectPadding(name: string, padding: Padding, kernelSize: number): void {
  const fits =
    typeof padding === 'number'
      ? Number.isInteger(padding) && padding >= 0 && padding < kernelSize
      : padding === 'valid' || padding === 'same';
  if (!fits) {
    throw new RangeError(
      `${name}: padding is ${describeValue(padding)}; expected 'valid', 'same' or an integer from 0 to ${kernelSize - 1}. More zeros than that only add constant rows.`,
    );
  }
}
