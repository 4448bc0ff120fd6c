import { checkOptions } from '@metadistill/options';
import { reshape, sum, tile } from '@tensorflow/tfjs-core';
import { expectPositiveIntegers, formatBatchShape } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';

export interface RepeatVectorOptions extends LayerOptions {
  /** How many copies; `n` in Keras. */
  readonly times: number;
}

/**
 * Copies of a vector as a sequence: `[batch, values]` to `[batch, times, values]`.
 *
 * @throws RangeError if `times` is not a positive integer.
 */
export function repeatVector(options: RepeatVectorOptions): Layer<OpaqueCache<'repeatVector'>> {
  checkOptions('repeatVector', options, { times: true, name: true });
  const { times, name = 'repeatVector' } = options;
  expectPositiveIntegers(name, { times });
  return opaque({
    ...linear({
      name,
      outputShape(inputShape) {
        if (inputShape.length === 1) return [times, ...inputShape];
        throw new RangeError(
          `${name}: input has shape ${formatBatchShape(inputShape)}; expected [batch, values]. Put flatten() before it.`,
        );
      },
      apply: (x) => tile(reshape(x, [x.shape[0]!, 1, x.shape[1]!]), [1, times, 1]),
      transpose: (dy) => sum(dy, 1),
    }),
    keras: () => ({ factory: 'repeatVector', config: { n: times } }),
  });
}
