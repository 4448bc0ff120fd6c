import { checkOptions, describeValue } from '@metadistill/options';
import { transpose } from '@tensorflow/tfjs-core';
import { formatBatchShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';

export interface PermuteOptions extends LayerOptions {
  /** For each axis of the output the input's, counted from 1, the first after the batch; as in Keras. */
  readonly axes: readonly number[];
}

/**
 * Axes in another order: with `axes` `[2, 1]`, `[batch, length, channels]` becomes `[batch, channels, length]`.
 *
 * @throws RangeError if `axes` are not 1, 2, ... in some order.
 */
export function permute(options: PermuteOptions): Layer<OpaqueCache<'permute'>> {
  checkOptions('permute', options, { axes: true, name: true });
  const { axes, name = 'permute' } = options;
  if (!isPermutation(axes)) {
    throw new RangeError(
      `${name}: axes is ${describeValue(axes)}; expected 1, 2, ... in some order. Axis 0 is the batch.`,
    );
  }
  const order = [0, ...axes];
  const back = order.map((_, axis) => order.indexOf(axis));
  return opaque({
    ...linear({
      name,
      outputShape(inputShape) {
        if (inputShape.length === axes.length) return axes.map((axis) => inputShape[axis - 1]!);
        throw new RangeError(
          `${name}: input has shape ${formatBatchShape(inputShape)}; expected ${axes.length} axes after the batch, as many as axes has.`,
        );
      },
      apply: (x) => transpose(x, order),
      transpose: (dy) => transpose(dy, back),
    }),
    keras: () => ({ factory: 'permute', config: { dims: axes } }),
  });
}

const isPermutation = (axes: unknown): axes is readonly number[] =>
  Array.isArray(axes) && axes.length > 0 && axes.every((_, i) => axes.includes(i + 1));
