import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkNumbers, checkShape, checkTensor, sizeOf } from '../call/checks.js';
import type { ListCall } from '../call/pairs-of.js';

/** Updates one tensor: addresses of its value, gradient and state, then of the new value and state. */
type Update<Attributes> = (
  runtime: WasmRuntime,
  from: readonly number[],
  to: readonly number[],
  size: number,
  attributes: Attributes,
) => void;

/**
 * A kernel that steps all parameters in one call. Its inputs are lists of one length, one after the other: values,
 * gradients, and `states` lists of state.
 *
 * @param numbers the attributes that have to be numbers.
 *
 * @returns the new values and the new state, one list after the other. TypeError or RangeError if dtypes or shapes do not
 * fit.
 */
export const stepLists =
  <Attributes extends object>(
    kernel: string,
    states: number,
    numbers: readonly (keyof Attributes & string)[],
    update: Update<Attributes>,
  ) =>
  ({ inputs, attrs, backend }: ListCall<Attributes>): TensorInfo[] => {
    const lists = states + 2;
    const count = inputs.length / lists;
    if (!Number.isInteger(count)) {
      throw new RangeError(
        `${kernel}: inputs has ${inputs.length} tensors; expected ${lists} lists of one length.`,
      );
    }
    checkNumbers(kernel, attrs, numbers);
    const parameters = Array.from({ length: count }, (_, i) =>
      Array.from({ length: lists }, (_, list) => inputs[list * count + i]!),
    );
    for (const [value, ...others] of parameters as [TensorInfo, ...TensorInfo[]][]) {
      checkTensor(kernel, 'value', value, 'float32');
      for (const [i, other] of others.entries()) {
        const name = i === 0 ? 'gradient' : `state ${i}`;
        checkTensor(kernel, name, other, 'float32');
        checkShape(kernel, name, other, value.shape);
      }
    }
    const runtime = runtimeOf(backend);
    const stepped = parameters.map((from) => {
      const [value] = from as [TensorInfo];
      const to = Array.from({ length: states + 1 }, () => runtime.makeOutput(value.shape, 'float32'));
      update(runtime, from.map(runtime.address), to.map(runtime.address), sizeOf(value.shape), attrs);
      return to;
    });
    return Array.from({ length: states + 1 }, (_, list) => stepped.map((to) => to[list]!)).flat();
  };
