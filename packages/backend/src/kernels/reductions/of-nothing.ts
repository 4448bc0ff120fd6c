import { describeValue } from '@metadistill/options';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of a reduction; `Max` has another name for its axes. */
interface Attributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

type Call = KernelCall<'x', Attributes>;

/** Whether there is nothing to reduce: TensorFlow.js' own kernels on wasm return memory that nobody wrote, or trap. */
const isEmpty = ({ inputs: { x } }: Call): boolean =>
  sizeOf(x.shape) === 0 && (x.dtype === 'float32' || x.dtype === 'int32' || x.dtype === 'bool');

/**
 * Whether axes are no numbers, or one is named twice. TensorFlow.js' own kernels on wasm then write beyond their output, and
 * cpu gives an output of another size.
 */
function hasWrongAxes({ inputs: { x }, attrs: { axis, reductionIndices } }: Call): boolean {
  const given = axis ?? reductionIndices;
  if (given === undefined || given === null || typeof given === 'number') return false;
  if (!Array.isArray(given) || !given.every((each) => typeof each === 'number')) return true;
  if (ascends(given)) return false;
  return given.length > 1 && new Set(util.parseAxisParam(given, x.shape)).size < given.length;
}

/** Whether each is above the one before, all from 0 or all below: no two are the same axis. */
const ascends = (axes: readonly number[]): boolean =>
  axes.every((axis, i) => i === 0 || (axis > axes[i - 1]! && axis < 0 === axes[0]! < 0));

/** The calls that no kernel of TensorFlow.js gets. */
export const isEmptyOrWrong = (call: Call): boolean => isEmpty(call) || hasWrongAxes(call);

/**
 * A reduction on wasm of a tensor without values: every result is what cpu gives, except that all of nothing are true.
 *
 * @throws RangeError if axes are no numbers, or one is named twice.
 * @param dtype of the result; left out, that of x, and int32 for bool.
 */
export const reductionOfNothing =
  (value: number, dtype?: 'float32' | 'bool') =>
  (call: Call): TensorInfo => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const { axis, reductionIndices, keepDims = false } = attrs;
    if (hasWrongAxes(call)) {
      throw new RangeError(
        `reduction: axis is ${describeValue(axis ?? reductionIndices)}; expected axes of ${shown(x.shape)}, each at most once.`,
      );
    }
    const axes = util.parseAxisParam((axis ?? reductionIndices) as number, x.shape);
    const kept = x.shape.map((length, each) => (axes.includes(each) ? 1 : length));
    const shape = keepDims ? kept : kept.filter((_, each) => !axes.includes(each));
    const runtime = runtimeOf(backend);
    const result = runtime.makeOutput(shape, dtype ?? (x.dtype === 'bool' ? 'int32' : x.dtype));
    const [at, size] = [runtime.address(result), sizeOf(shape)];
    if (result.dtype === 'float32') runtime.floats(at, size).fill(value);
    else if (result.dtype === 'int32') runtime.integers(at, size).fill(value);
    else runtime.bytes(at, size).fill(value);
    return result;
  };
