import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { partsOf } from '../call/split.js';

/** Attributes of `MetadistillReluGrad`. */
export interface ReluGradientAttributes {
  /** Where the function that was clipped to [0, maxValue] passes nothing either; left out if it has no such bound. */
  readonly maxValue?: number;
}

/**
 * `MetadistillReluGrad` on wasm: dx = dy where 0 < y < maxValue, NaN where y is NaN, else 0, with y = relu(x) (or x itself).
 *
 * @returns dx of y's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function reluGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'dy' | 'y', ReluGradientAttributes | undefined>): TensorInfo {
  const { dy, y } = inputs;
  checkTensor('reluGradient', 'dy', dy, 'float32');
  checkTensor('reluGradient', 'y', y, 'float32');
  checkShape('reluGradient', 'dy', dy, y.shape);
  const { forEach, address, makeOutput } = runtimeOf(backend);
  const dx = makeOutput(y.shape, 'float32');
  forEach(
    'reluGradient',
    partsOf(sizeOf(y.shape), 12, 4).map(({ from, count }) => [
      address(dy) + 4 * from,
      address(y) + 4 * from,
      address(dx) + 4 * from,
      count,
      attrs?.maxValue ?? Number.NaN,
    ]),
  );
  return dx;
}
