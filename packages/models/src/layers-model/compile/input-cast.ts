import { cast, type DataType, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { linear } from '../../layers/rules/linear.js';
import type { Layer } from '../../types.js';

/** The values of an input of another dtype as tfjs-layers takes them: fractions cut off for int32. Passes are of float32. */
export const inputCast = (name: string, dtype: string): Layer =>
  linear({
    name,
    outputShape: (inputShape) => inputShape,
    apply: (x) => asFloats(cast(x, dtype as DataType)),
    transpose: zerosLike,
  });

/** As tfjs-layers hands on what a layer gives, and as rules of ours take it. */
export const asFloats = (x: Tensor): Tensor => (x.dtype === 'float32' ? x : cast(x, 'float32'));
