import { checkOptions } from '@metadistill/options';
import { add, type Tensor1D, type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { sumPerChannel } from '../../kernels/per-channel.js';
import { matMulTransposeA, matMulTransposeB, product, productWithBias } from '../../kernels/products.js';
import { expectExampleShape, expectPositiveIntegers, sizeOf } from '../../shapes.js';
import { drawBias, drawKernel } from '../../torch-initialization.js';
import type { Layer, LayerOptions, OpaqueCache, Tensors } from '../../types.js';
import { bilinear } from '../rules/bilinear.js';
import { opaque } from '../rules/opaque.js';

export interface DenseOptions extends LayerOptions {
  /** Values of an example that goes in. */
  readonly inputs: number;
  /** Values of an example that comes out. */
  readonly outputs: number;
  /**
   * `[height, width, channels]` of the image that `flatten` before this layer unrolls. PyTorch unrolls channels
   * first; with this, equal draws connect equal pixels.
   */
  readonly fromImage?: readonly [height: number, width: number, channels: number];
}

/**
 * y = xW + b, from `[batch, inputs]` to `[batch, outputs]`; parameters `weight` `[inputs, outputs]` and `bias`
 * `[outputs]`.
 *
 * @throws RangeError if a size is not a positive integer, or `fromImage` does not have `inputs` values.
 */
export function dense(options: DenseOptions): Layer<OpaqueCache<'dense'>> {
  checkOptions('dense', options, { inputs: true, outputs: true, fromImage: true, name: true });
  const { inputs, outputs, name = 'dense', fromImage = [1, 1, inputs] } = options;
  expectPositiveIntegers(name, { inputs, outputs });
  if (sizeOf(fromImage) !== inputs) {
    throw new RangeError(
      `${name}: fromImage is [${fromImage.join(', ')}]; expected ${inputs} values. Give the shape before flatten().`,
    );
  }
  const outputShape = (inputShape: readonly number[]) => {
    expectExampleShape(name, inputShape, [inputs], 'Put flatten() before it, or correct inputs.');
    return [outputs];
  };
  return opaque(
    bilinear({
      name,
      parameters: [
        { name: 'weight', shape: [inputs, outputs], ...(options.fromImage && { fromImage }) },
        { name: 'bias', shape: [outputs] },
      ],
      statistics: [],
      outputShape,

      initialize(uniform) {
        const [height, width, channels] = fromImage;
        const sizes = { height, width, channels, outputs };
        const weight = tensor2d(drawKernel(uniform, sizes), [inputs, outputs]);
        return { parameters: [weight, tensor1d(drawBias(uniform, sizes))], statistics: [] };
      },

      forward({ parameters, statistics }, input) {
        outputShape(input.shape.slice(1));
        const [weight, bias] = pair(parameters);
        const x = input as Tensor2D;
        return { output: productWithBias(x, weight, bias), cache: x, statistics };
      },

      // dW = xᵀ dy, db = Σ dy over the batch, dx = dy Wᵀ
      vjp({ parameters }, x, cotangent, wantInput) {
        const [weight] = pair(parameters);
        const dy = cotangent as Tensor2D;
        return {
          parameters: [matMulTransposeA(x, dy), sumPerChannel(dy)],
          input: wantInput ? matMulTransposeB(dy, weight) : undefined,
        };
      },

      // ẏ = x Ẇ + ẋ W + ḃ
      jvp({ parameters }, x, parameterTangents, inputTangent) {
        const [weight] = pair(parameters);
        const [weightTangent, biasTangent] = pair(parameterTangents);
        return tidy(() => {
          const throughParameters = productWithBias(x, weightTangent, biasTangent);
          return inputTangent === undefined
            ? throughParameters
            : add(throughParameters, product(inputTangent as Tensor2D, weight));
        });
      },
    }),
  );
}

const pair = (parameters: Tensors) => parameters as unknown as readonly [weight: Tensor2D, bias: Tensor1D];
