import { checkOptions } from '@metadistill/options';
import { reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { matMulTransposeA, matMulTransposeB, product, productWithBias } from '../../kernels/products.js';
import { expectLastAxis, expectPositiveIntegers, sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { affine } from '../rules/affine.js';
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
  const [height, width, channels] = fromImage;
  return opaque({
    ...affine<Tensor, Tensor2D>({
      name,
      weight: { shape: [inputs, outputs], ...(options.fromImage && { fromImage }) },
      kernelSizes: { height, width, channels, outputs },
      outputs,
      useBias,

      outputShape(inputShape) {
        expectLastAxis(name, inputShape, inputs, 'Correct inputs, or put flatten() before it.');
        return [...inputShape.slice(0, -1), outputs];
      },

      apply: (x, weight, bias) =>
        withAxes(x.shape, bias ? productWithBias(inRows(x), weight, bias) : product(inRows(x), weight)),
      weightGradient: (x, dy) => matMulTransposeA(inRows(x), inRows(dy)), // xᵀ dy
      inputGradient: (dy, weight, shape) => withAxes(shape, matMulTransposeB(inRows(dy), weight)), // dy Wᵀ
    }),
    keras: () => ({ factory: 'dense', config: { units: outputs, useBias } }),
  });
}

/** `[rows, values]`: all axes but the last in one. */
const inRows = (x: Tensor): Tensor2D =>
  x.rank === 2 ? (x as Tensor2D) : reshape(x, [-1, x.shape.at(-1) as number]);

/** Rows with the leading axes of a shape. */
const withAxes = (shape: readonly number[], rows: Tensor2D): Tensor =>
  shape.length === 2 ? rows : reshape(rows, [...shape.slice(0, -1), rows.shape[1]]);
