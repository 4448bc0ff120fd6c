import { checkOptions } from '@metadistill/options';
import { gather, matMul, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import { oneHotRows } from '../../kernels/one-hot-rows.js';
import { expectExampleShape, expectPositiveIntegers } from '../../shapes.js';
import type { Layer, LayerOptions, OpaqueCache } from '../../types.js';
import { linear } from '../rules/linear.js';
import { opaque } from '../rules/opaque.js';

export interface SelectFeaturesOptions extends LayerOptions {
  /** Columns of an example. */
  readonly inputs: number;
  /** The columns to keep, each 0..inputs−1, in this order. */
  readonly features: readonly number[];
}

/**
 * Columns of `[batch, inputs]` in the order of `features`: `[batch, features]`.
 *
 * @throws RangeError if a feature is no column, or none is given.
 */
export function selectFeatures(options: SelectFeaturesOptions): Layer<OpaqueCache<'selectFeatures'>> {
  checkOptions('selectFeatures', options, { inputs: true, features: true, name: true });
  const { inputs, features, name = 'selectFeatures' } = options;
  expectPositiveIntegers(name, { inputs });
  if (features.length === 0 || features.some((f) => !Number.isInteger(f) || f < 0 || f >= inputs)) {
    throw new RangeError(
      `${name}: features is [${features.join(', ')}]; expected columns from 0 to ${inputs - 1}. Columns count from 0.`,
    );
  }
  const columns = () => tensor1d([...features], 'int32');
  return opaque(
    linear({
      name,
      outputShape(inputShape) {
        expectExampleShape(name, inputShape, [inputs], 'Correct inputs, the columns of an example.');
        return [features.length];
      },
      apply: (x) => gather(x, columns(), 1),
      transpose: (dy) => matMul(dy as Tensor2D, oneHotRows(columns(), inputs)),
    }),
  );
}
