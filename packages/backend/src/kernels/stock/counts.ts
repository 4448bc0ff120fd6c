import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checked, checkIndices } from '../call/checked.js';
import {
  checkDtype,
  checkFinite,
  checkOneOf,
  checkShape,
  checkSize,
  checkTensor,
  shown,
} from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { KernelRow } from '../call/kernel-row.js';

interface CountAttributes {
  readonly size: number;
  readonly binaryOutput?: boolean;
}

const checkCounts =
  (kernel: string, mostRank: number) =>
  ({
    inputs: { x, weights },
    attrs: { size, binaryOutput = false },
    backend,
  }: KernelCall<'x' | 'weights', CountAttributes>): void => {
    checkTensor(kernel, 'x', x, 'int32');
    checkOneOf(kernel, 'x.rank', x.shape.length, mostRank === 1 ? [1] : [1, 2]);
    checkDtype(kernel, 'weights', weights, ['float32', 'int32']);
    if (!weights.shape.includes(0)) checkShape(kernel, 'weights', weights, x.shape);
    checkSize(kernel, 'size', size, 0);
    checkOneOf(kernel, 'binaryOutput', binaryOutput, [false, true]);
    checkFromZero(kernel, 'x', x, backend);
  };

/** Refuses values below 0: they are counted before the output. */
function checkFromZero(kernel: string, name: string, tensor: TensorInfo, backend: unknown): void {
  const wild = wasmHost(backend)
    .integers(tensor)
    .find((value) => value < 0);
  if (wild !== undefined) {
    throw new RangeError(`${kernel}: ${name} has ${wild}; expected whole numbers from 0.`);
  }
}

function checkSearch({
  inputs: { sortedSequence, values },
  attrs: { side },
}: KernelCall<'sortedSequence' | 'values', { readonly side: string }>): void {
  const kernel = 'searchSorted';
  checkDtype(kernel, 'sortedSequence', sortedSequence, ['float32', 'int32']);
  checkTensor(kernel, 'sortedSequence', sortedSequence, sortedSequence.dtype, 2);
  checkTensor(kernel, 'values', values, sortedSequence.dtype, 2);
  checkShape(kernel, 'values', values, [sortedSequence.shape[0]!, values.shape[1]!]);
  checkOneOf(kernel, 'side', side, ['left', 'right']);
}

interface DrawAttributes {
  readonly numSamples: number;
  readonly seed: number;
  readonly normalized: boolean;
}

function checkDraws({
  inputs: { logits },
  attrs: { numSamples, seed, normalized },
}: KernelCall<'logits', DrawAttributes>): void {
  const kernel = 'multinomial';
  checkTensor(kernel, 'logits', logits, 'float32', 2);
  checkSize(kernel, 'numSamples', numSamples, 0);
  checkFinite(kernel, { seed });
  checkOneOf(kernel, 'normalized', normalized, [false, true]);
  if (logits.shape[1] !== 0) return;
  throw new RangeError(`${kernel}: logits has shape ${shown(logits.shape)}; expected at least one event.`);
}

function checkShapes({ inputs, backend }: KernelCall<'s0' | 's1'>): void {
  for (const name of ['s0', 's1'] as const) {
    checkTensor('broadcastArgs', name, inputs[name], 'int32', 1);
    checkFromZero('broadcastArgs', name, inputs[name], backend);
  }
}

/** A condition for each value, or for each of the first axis. */
export function checkSelect({ inputs: { condition, t, e } }: KernelCall<'condition' | 't' | 'e'>): void {
  checkTensor('select', 'condition', condition, 'bool');
  checkTensor('select', 'e', e, t.dtype);
  checkShape('select', 'e', e, t.shape);
  if (condition.shape.length === 1 && t.shape.length > 0 && condition.shape[0] === t.shape[0]) return;
  checkShape('select', 'condition', condition, t.shape);
}

/** Segments of rows of the data, in order. */
const checkSegments =
  (kernel: string) =>
  ({
    inputs: { data, indices, segmentIds },
    backend,
  }: KernelCall<'data' | 'indices' | 'segmentIds'>): void => {
    checkDtype(kernel, 'data', data, ['float32', 'int32']);
    checkTensor(kernel, 'indices', indices, 'int32', 1);
    checkTensor(kernel, 'segmentIds', segmentIds, 'int32', 1);
    checkShape(kernel, 'segmentIds', segmentIds, indices.shape);
    if (data.shape.length === 0)
      throw new RangeError(`${kernel}: data is a scalar; expected at least one axis.`);
    checkIndices(kernel, 'indices', indices, [data.shape[0]!], backend);
    const ids = wasmHost(backend).integers(segmentIds);
    if (ids.every((id, i) => id >= (i === 0 ? 0 : ids[i - 1]!))) return;
    throw new RangeError(
      `${kernel}: segmentIds is ${shown([...ids])}; expected whole numbers from 0, in order.`,
    );
  };

function checkFillRows({
  inputs: { indices, values, denseShape, defaultValue },
  backend,
}: KernelCall<'indices' | 'values' | 'denseShape' | 'defaultValue'>): void {
  const kernel = 'sparseFillEmptyRows';
  checkTensor(kernel, 'indices', indices, 'int32', 2);
  checkDtype(kernel, 'values', values, ['float32', 'int32']);
  checkShape(kernel, 'values', values, [indices.shape[0]!]);
  checkTensor(kernel, 'denseShape', denseShape, 'int32', 1);
  checkShape(kernel, 'denseShape', denseShape, [indices.shape[1]!]);
  checkFromZero(kernel, 'denseShape', denseShape, backend);
  checkTensor(kernel, 'defaultValue', defaultValue, values.dtype, 0);
}

function checkSparseShapes({
  inputs: { inputIndices, inputShape, newShape },
  backend,
}: KernelCall<'inputIndices' | 'inputShape' | 'newShape'>): void {
  const kernel = 'sparseReshape';
  checkTensor(kernel, 'inputIndices', inputIndices, 'int32', 2);
  checkTensor(kernel, 'inputShape', inputShape, 'int32', 1);
  checkShape(kernel, 'inputShape', inputShape, [inputIndices.shape[1]!]);
  checkTensor(kernel, 'newShape', newShape, 'int32', 1);
  checkFromZero(kernel, 'inputShape', inputShape, backend);
  if (inputIndices.shape[0] === 0) return;
  const { integers } = wasmHost(backend);
  for (const [name, shape] of Object.entries({ inputShape, newShape })) {
    // TensorFlow.js divides by the sizes, which traps.
    if (integers(shape).includes(0))
      throw new RangeError(`${kernel}: ${name} has 0; expected sizes from 1 for points.`);
  }
}

export const countChecks: readonly KernelRow[] = [
  { name: 'Bincount', wasm: checked(checkCounts('bincount', 1)) },
  { name: 'DenseBincount', wasm: checked(checkCounts('denseBincount', 2)) },
  { name: 'SearchSorted', wasm: checked(checkSearch) },
  { name: 'Multinomial', wasm: checked(checkDraws) },
  { name: 'BroadcastArgs', wasm: checked(checkShapes) },
  { name: 'SparseSegmentMean', wasm: checked(checkSegments('sparseSegmentMean')) },
  { name: 'SparseSegmentSum', wasm: checked(checkSegments('sparseSegmentSum')) },
  { name: 'SparseFillEmptyRows', wasm: checked(checkFillRows) },
  { name: 'SparseReshape', wasm: checked(checkSparseShapes) },
];
