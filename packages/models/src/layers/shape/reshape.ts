import { checkOptions, describeValue } from '@metadistill/options';
import { reshape as reshaped } from '@tensorflow/tfjs-core';
import { formatBatchShape, sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';

export interface ReshapeOptions extends LayerOptions {
  /** One example's shape afterwards; one size may be −1, for what is left of the values. */
  readonly shape: readonly number[];
}

/**
 * The same values, row-major, in another shape: `[batch, ...shape]`.
 *
 * @throws RangeError if a size is neither a positive integer nor −1, or two are −1.
 */
export function reshape(options: ReshapeOptions): Layer<OpaqueCache<'reshape'>> {
  checkOptions('reshape', options, { shape: true, name: true });
  const { shape, name = 'reshape' } = options;
  if (!isShape(shape)) {
    throw new RangeError(
      `${name}: shape is ${describeValue(shape)}; expected positive integers, one of which may be -1.`,
    );
  }
  function outputShape(inputShape: readonly number[]): number[] {
    const known = sizeOf(shape.filter((size) => size > 0));
    const values = sizeOf(inputShape);
    const isOpen = shape.includes(-1);
    if (isOpen ? values % known !== 0 : values !== known) {
      throw new RangeError(
        `${name}: input has shape ${formatBatchShape(inputShape)}; expected ${isOpen ? 'a multiple of ' : ''}${known} values. Correct shape.`,
      );
    }
    return shape.map((size) => (size > 0 ? size : values / known));
  }
  return opaque({
    ...linear({
      name,
      outputShape,
      apply: (x) => reshaped(x, [x.shape[0]!, ...outputShape(x.shape.slice(1))]),
      transpose: (dy, inputShape) => reshaped(dy, [...inputShape]),
    }),
    keras: (inputShape) => ({ factory: 'reshape', config: { targetShape: outputShape(inputShape) } }),
  });
}

const isShape = (shape: unknown): shape is readonly number[] =>
  Array.isArray(shape) &&
  shape.every((size) => Number.isInteger(size) && (size > 0 || size === -1)) &&
  shape.filter((size) => size === -1).length <= 1;
