import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checked } from '../call/checked.js';
import {
  axisOf,
  checkDtype,
  checkOneOf,
  checkShape,
  checkSize,
  checkTensor,
  isSize,
  shown,
  sizeOf,
} from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { KernelRow } from '../call/kernel-row.js';
import { movingBooleans } from './moving-booleans.js';

type AxisCall = KernelCall<'x', { readonly axis: number }>;
type StockOf<Call> = (call: Call) => TensorInfo;

/** TensorFlow.js' own traps on an axis that is counted from the end, and on a tensor without values. */
const cumulated =
  (kernel: string) =>
  (call: AxisCall, stock: StockOf<AxisCall>): TensorInfo => {
    const { inputs, attrs, backend } = call;
    checkDtype(kernel, 'x', inputs.x, ['float32', 'int32']);
    const axis = axisOf(kernel, attrs.axis, inputs.x);
    if (sizeOf(inputs.x.shape) === 0) return wasmHost(backend).make(inputs.x.shape, inputs.x.dtype);
    return stock({ ...call, attrs: { ...attrs, axis } });
  };

const extreme =
  (kernel: string) =>
  (call: AxisCall, stock: StockOf<AxisCall>): TensorInfo => {
    const { x } = call.inputs;
    const axis = axisOf(kernel, call.attrs.axis, x);
    if (x.shape[axis] === 0) {
      throw new RangeError(
        `${kernel}: x has shape ${shown(x.shape)}; expected at least one value along axis ${axis}.`,
      );
    }
    return sizeOf(x.shape) === 0
      ? wasmHost(call.backend).make(x.shape.toSpliced(axis, 1), 'int32')
      : stock(call);
  };

/** Without `dims` all axes are reversed. */
function checkReverse({
  inputs: { x },
  attrs: { dims },
}: KernelCall<'x', { readonly dims?: unknown }>): void {
  if (dims === undefined || dims === null) return;
  const axes = [dims].flat().map((axis) => axisOf('reverse', axis as number, x));
  if (new Set(axes).size === axes.length) return;
  throw new RangeError(`reverse: dims is ${describeValue(dims)}; expected each axis at most once.`);
}

function checkSoftmax({
  inputs: { logits },
  attrs: { dim },
}: KernelCall<'logits', { readonly dim: number }>): void {
  checkTensor('softmax', 'logits', logits, 'float32');
  const last = logits.shape.length - 1;
  if (last >= 0 && dim === last) return;
  throw new RangeError(
    `softmax: dim is ${describeValue(dim)}; expected ${last}, the last axis of ${shown(logits.shape)}.`,
  );
}

function checkTopK({
  inputs: { x },
  attrs: { k, sorted = true },
}: KernelCall<'x', { readonly k: number; readonly sorted?: boolean }>): void {
  checkDtype('topk', 'x', x, ['float32', 'int32']);
  checkSize('topk', 'k', k, 0);
  checkOneOf('topk', 'sorted', sorted, [false, true]);
  const last = x.shape.at(-1) ?? 0;
  if (k > last)
    throw new RangeError(`topk: k is ${k}; expected at most ${last}, the last size of ${shown(x.shape)}.`);
}

interface ListCall {
  readonly inputs: readonly TensorInfo[];
  readonly attrs: { readonly axis: number };
}

function checkConcat({ inputs, attrs }: ListCall): void {
  const first = checkList('concat', inputs);
  const axis = axisOf('concat', attrs.axis, first);
  for (const [i, each] of inputs.entries()) {
    checkShape('concat', `inputs[${i}]`, each, first.shape.with(axis, each.shape[axis] ?? 0));
  }
}

function checkPack({ inputs, attrs: { axis } }: ListCall): void {
  const first = checkList('stack', inputs);
  for (const [i, each] of inputs.entries()) checkShape('stack', `inputs[${i}]`, each, first.shape);
  checkNewAxis('stack', 'axis', axis, first);
}

function checkList(kernel: string, inputs: readonly TensorInfo[]): TensorInfo {
  const [first] = inputs;
  if (!first) throw new RangeError(`${kernel}: inputs has no tensor; expected at least one.`);
  for (const [i, each] of inputs.entries()) checkTensor(kernel, `inputs[${i}]`, each, first.dtype);
  return first;
}

/** A new axis goes before one of those there are, or after the last; from the end it is counted in the new shape. */
function checkNewAxis(kernel: string, name: string, axis: unknown, { shape }: TensorInfo): void {
  if (Number.isInteger(axis) && (axis as number) >= -shape.length - 1 && (axis as number) <= shape.length)
    return;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(axis)}; expected a whole number from ${-shape.length - 1} to ${shape.length}.`,
  );
}

/** `-1` stands for what is left; the rest of the check is TensorFlow.js' own. */
function checkReshape({
  inputs: { x },
  attrs: { shape },
}: KernelCall<'x', { readonly shape: unknown }>): void {
  if (Array.isArray(shape) && shape.every((size) => size === -1 || isSize(size, 0))) {
    if (shape.includes(-1) && sizeOf(shape.filter((size) => size !== -1)) === 0) {
      throw new RangeError(
        `reshape: shape is ${describeValue(shape)} for ${shown(x.shape)}; expected sizes that tell what -1 is.`,
      );
    }
    return;
  }
  throw new RangeError(`reshape: shape is ${describeValue(shape)}; expected whole sizes from 0, or -1 once.`);
}

export const axisChecks: readonly KernelRow[] = [
  { name: 'ArgMax', wasm: extreme('argMax') },
  { name: 'ArgMin', wasm: extreme('argMin') },
  { name: 'Cumsum', wasm: cumulated('cumsum') },
  { name: 'Cumprod', wasm: cumulated('cumprod') },
  { name: 'Reverse', wasm: movingBooleans(['x'], checkReverse) },
  { name: 'Softmax', wasm: checked(checkSoftmax) },
  { name: 'TopK', wasm: checked(checkTopK) },
  { name: 'Concat', wasm: checked(checkConcat) },
  { name: 'Pack', wasm: checked(checkPack) },
  {
    name: 'ExpandDims',
    wasm: checked(({ inputs: { input }, attrs: { dim } }: KernelCall<'input', { readonly dim: number }>) =>
      checkNewAxis('expandDims', 'dim', dim, input),
    ),
  },
  { name: 'Reshape', wasm: checked(checkReshape) },
  {
    name: 'Unique',
    wasm: checked(({ inputs: { x }, attrs: { axis } }: AxisCall) => {
      axisOf('unique', axis, x);
    }),
  },
];
