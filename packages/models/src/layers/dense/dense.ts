import { checkOptions } from '@metadistill/options';
import {
  add,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { sumPerChannel } from '../../kernels/per-channel.js';
import { matMulTransposeA, matMulTransposeB, product, productWithBias } from '../../kernels/products.js';
import { scoped } from '../../scoped.js';
import { expectLastAxis, expectPositiveIntegers, sizeOf } from '../../shapes.js';
import { drawBias, drawKernel } from '../../torch-initialization.js';
import type { Layer, LayerOptions, OpaqueCache, Tensors } from '../../types.js';
import { bilinear } from '../rules/bilinear.js';
import { opaque } from '../rules/opaque.js';

export interface DenseOptions extends LayerOptions {
  /** Length of the last axis that goes in: values of an example, if it has one axis. */
  readonly inputs: number;
  /** Length of the last axis that comes out. */
  readonly outputs: number;
  /** Default true. */
  readonly useBias?: boolean;
  /**
   * `[height, width, channels]` of the image that `flatten` before this layer unrolls. PyTorch unrolls channels
   * first; with this, equal draws connect equal pixels.
   */
  readonly fromImage?: readonly [height: number, width: number, channels: number];
}

/**
 * y = xW + b along the last axis, from `[batch, ..., inputs]` to `[batch, ..., outputs]`; parameters `weight`
 * `[inputs, outputs]` and, if used, `bias` `[outputs]`.
 *
 * @throws RangeError if a size is not a positive integer, or `fromImage` does not have `inputs` values.
 */
export function dense(options: DenseOptions): Layer<OpaqueCache<'dense'>> {
  checkOptions('dense', options, { inputs: true, outputs: true, useBias: true, fromImage: true, name: true });
  const { inputs, outputs, useBias = true, name = 'dense', fromImage = [1, 1, inputs] } = options;
  expectPositiveIntegers(name, { inputs, outputs });
  if (sizeOf(fromImage) !== inputs) {
    throw new RangeError(
      `${name}: fromImage is [${fromImage.join(', ')}]; expected ${inputs} values. Give the shape before flatten().`,
    );
  }
  const outputShape = (inputShape: readonly number[]) => {
    expectLastAxis(name, inputShape, inputs, 'Correct inputs, or put flatten() before it.');
    return [...inputShape.slice(0, -1), outputs];
  };
  return opaque(
    bilinear({
      name,
      parameters: [
        { name: 'weight', shape: [inputs, outputs], ...(options.fromImage && { fromImage }) },
        ...(useBias ? [{ name: 'bias', shape: [outputs] }] : []),
      ],
      statistics: [],
      outputShape,

      initialize(uniform) {
        const [height, width, channels] = fromImage;
        const sizes = { height, width, channels, outputs };
        const weight = tensor2d(drawKernel(uniform, sizes), [inputs, outputs]);
        const biases = useBias ? [tensor1d(drawBias(uniform, sizes))] : [];
        return { parameters: [weight, ...biases], statistics: [] };
      },

      forward({ parameters, statistics }, x) {
        outputShape(x.shape.slice(1));
        return { output: affine(x, parameters), cache: x, statistics };
      },

      // dW = xᵀ dy, db = Σ dy over all rows, dx = dy Wᵀ
      vjp({ parameters }, x, cotangent, wantInput) {
        const { weight } = named(parameters);
        return scoped(() => {
          const dy = inRows(cotangent);
          return {
            parameters: [matMulTransposeA(inRows(x), dy), ...(useBias ? [sumPerChannel(dy)] : [])],
            input: wantInput ? shaped(matMulTransposeB(dy, weight), x) : undefined,
          };
        });
      },

      // ẏ = x Ẇ + ẋ W + ḃ
      jvp({ parameters }, x, parameterTangents, inputTangent) {
        return tidy(() => {
          const throughParameters = affine(x, parameterTangents);
          if (inputTangent === undefined) return throughParameters;
          return add(throughParameters, affine(inputTangent, parameters.slice(0, 1)));
        });
      },
    }),
  );
}

/** xW, plus b if there is one. */
const affine = (x: Tensor, parameters: Tensors): Tensor =>
  tidy(() => {
    const { weight, bias } = named(parameters);
    return shaped(bias ? productWithBias(inRows(x), weight, bias) : product(inRows(x), weight), x);
  });

/** `[rows, values]`: all axes but the last in one. */
const inRows = (x: Tensor): Tensor2D =>
  x.rank === 2 ? (x as Tensor2D) : reshape(x, [-1, x.shape.at(-1) as number]);

/** Rows with the leading axes of `x`. */
const shaped = (rows: Tensor2D, x: Tensor): Tensor =>
  x.rank === 2 ? rows : reshape(rows, [...x.shape.slice(0, -1), rows.shape[1]]);

function named([weight, bias]: Tensors): { readonly weight: Tensor2D; readonly bias: Tensor1D | undefined } {
  return { weight: weight as Tensor2D, bias: bias as Tensor1D | undefined };
}
