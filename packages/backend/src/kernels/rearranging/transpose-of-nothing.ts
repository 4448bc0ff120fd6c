import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

type Call = KernelCall<'x', { readonly perm: readonly number[] }>;

/** Whether there is nothing to move, or no permutation to move it by: TensorFlow.js' own kernel on wasm then traps. */
export const isEmptyOrNoOrder = (call: Call): boolean => sizeOf(call.inputs.x.shape) === 0 || !hasOrder(call);

const hasOrder = ({ inputs: { x }, attrs: { perm } }: Call): boolean =>
  Array.isArray(perm) && perm.length === x.shape.length && x.shape.every((_, axis) => perm.includes(axis));

/**
 * `Transpose` on wasm of a tensor without values.
 *
 * @throws RangeError if `perm` does not name each axis once.
 */
export function transposeOfNothing(call: Call): TensorInfo {
  const { x } = call.inputs;
  const { perm } = call.attrs;
  if (!hasOrder(call)) {
    throw new RangeError(
      `transpose: perm is ${describeValue(perm)}; expected each axis of ${shown(x.shape)} once, counted from 0.`,
    );
  }
  return runtimeOf(call.backend).makeOutput(
    perm.map((axis) => x.shape[axis]!),
    x.dtype,
  );
}
