import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../wasm/wasm-backend.js';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of a reduction; `Max` has another name for its axes. */
interface Attributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

type Call = KernelCall<'x', Attributes>;

/** Whether there is nothing to reduce: TensorFlow.js' own kernels on wasm return memory that nobody wrote, or trap. */
export const isEmpty = ({ inputs: { x } }: Call): boolean =>
  sizeOf(x.shape) === 0 && (x.dtype === 'float32' || x.dtype === 'int32' || x.dtype === 'bool');

/**
 * A reduction on wasm of a tensor without values: every result is what cpu gives, except that all of nothing are true.
 *
 * @param dtype of the result; left out, that of x, and int32 for bool.
 */
export const reductionOfNothing =
  (value: number, dtype?: 'float32' | 'bool') =>
  ({ inputs: { x }, attrs: { axis, reductionIndices, keepDims = false }, backend }: Call): TensorInfo => {
    const axes = util.parseAxisParam((axis ?? reductionIndices) as number, x.shape);
    const kept = x.shape.map((length, each) => (axes.includes(each) ? 1 : length));
    const shape = keepDims ? kept : kept.filter((_, each) => !axes.includes(each));
    const runtime = runtimeOf(backend);
    const result = runtime.makeOutput(shape, dtype ?? (x.dtype === 'bool' ? 'int32' : x.dtype));
    const [at, size] = [runtime.address(result), sizeOf(shape)];
    if (result.dtype === 'float32') runtime.floats(at, size).fill(value);
    else if (result.dtype === 'int32') runtime.integers(at, size).fill(value);
    else (backend as WasmBackend).wasm.HEAPU8.fill(value, at, at + size);
    return result;
  };
