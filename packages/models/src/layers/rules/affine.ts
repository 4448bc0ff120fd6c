import { add, type Tensor, type Tensor1D, tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { sumPerChannel } from '../../kernels/per-channel.js';
import { scoped } from '../../scoped.js';
import { drawBias, drawKernel, type KernelSizes } from '../../torch-initialization.js';
import type { Layer, TensorSpec, Tensors } from '../../types.js';
import { bilinear } from './bilinear.js';

/** A layer y = x·W + b, b along the last axis: a product or a convolution, and its two gradients. */
export interface AffineRule<X extends Tensor, W extends Tensor> {
  readonly name: string;
  readonly weight: Omit<TensorSpec, 'name'>;
  /** What PyTorch draws the weight by; its values lie as `weight` says. */
  readonly kernelSizes: KernelSizes;
  /** Length of the last axis that comes out. */
  readonly outputs: number;
  readonly useBias: boolean;
  outputShape(inputShape: readonly number[]): readonly number[];
  /** x·W, plus b if there is one. */
  apply(x: X, weight: W, bias: Tensor1D | undefined): Tensor;
  weightGradient(x: X, dy: X): Tensor;
  inputGradient(dy: X, weight: W, inputShape: X['shape']): Tensor;
}

/** The layer of a rule, with parameters `weight` and, if used, `bias` `[outputs]`; what a rule makes on the way is disposed of. */
export function affine<X extends Tensor, W extends Tensor>({
  name,
  weight,
  kernelSizes,
  outputs,
  useBias,
  outputShape,
  apply,
  weightGradient,
  inputGradient,
}: AffineRule<X, W>): Layer<X> {
  return bilinear({
    name,
    parameters: [{ name: 'weight', ...weight }, ...(useBias ? [{ name: 'bias', shape: [outputs] }] : [])],
    statistics: [],
    outputShape,

    initialize(uniform) {
      const values = tensor(drawKernel(uniform, kernelSizes), [...weight.shape]);
      const biases = useBias ? [tensor1d(drawBias(uniform, kernelSizes, outputs))] : [];
      return { parameters: [values, ...biases], statistics: [] };
    },

    forward({ parameters, statistics }, input) {
      outputShape(input.shape.slice(1));
      const x = input as X;
      return { output: tidy(() => apply(x, ...pair<W>(parameters))), cache: x, statistics };
    },

    vjp({ parameters }, x, cotangent, wantInput) {
      const dy = cotangent as X;
      return scoped(() => ({
        parameters: [weightGradient(x, dy), ...(useBias ? [sumPerChannel(dy)] : [])],
        input: wantInput ? inputGradient(dy, pair<W>(parameters)[0], x.shape) : undefined,
      }));
    },

    // ẏ = x·Ẇ + ẋ·W + ḃ
    jvp({ parameters }, x, parameterTangents, inputTangent) {
      return tidy(() => {
        const throughParameters = apply(x, ...pair<W>(parameterTangents));
        return inputTangent === undefined
          ? throughParameters
          : add(throughParameters, apply(inputTangent as X, pair<W>(parameters)[0], undefined));
      });
    },
  });
}

const pair = <W extends Tensor>(parameters: Tensors): readonly [W, Tensor1D | undefined] => [
  parameters[0] as W,
  parameters[1] as Tensor1D | undefined,
];
