import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checkIndices } from '../call/checked.js';
import { checkDtype, checkShape, checkSizes, checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

type ScatterCall = KernelCall<'indices' | 'updates', { readonly shape: readonly number[] }>;

/**
 * `ScatterNd` on wasm: TensorFlow.js' own on points inside its output. Of indices `[n, 0]`, points of no axis, each update is
 * of the whole output, for which that has no rule.
 *
 * @returns the sum of the updates at each point.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or an index lies outside `shape`.
 */
export function scatter(call: ScatterCall, stock: (call: ScatterCall) => TensorInfo): TensorInfo {
  const { inputs, attrs, backend } = call;
  const { indices, updates } = inputs;
  const { shape } = attrs;
  checkPoints('scatterND', ['indices', indices], ['updates', updates], ['shape', shape], backend, 0);
  if (indices.shape.length < 2 || indices.shape.at(-1) !== 0) return stock(call);
  checkDtype('scatterND', 'updates', updates, ['float32', 'int32']);
  const { make, floats, integers } = wasmHost(backend);
  const sums = make(shape, updates.dtype);
  const values = updates.dtype === 'float32' ? floats : integers;
  const [from, to] = [values(updates), values(sums).fill(0)];
  for (let i = 0; i < from.length; i++) to[i % to.length]! += from[i]!;
  return sums;
}

/**
 * Refuses what `TensorScatterUpdate` on wasm would write outside its output.
 *
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or an index lies outside `tensor`.
 */
export function checkScatterUpdate({
  inputs: { tensor, indices, updates },
  backend,
}: KernelCall<'tensor' | 'indices' | 'updates'>): void {
  const kernel = 'tensorScatterUpdate';
  checkTensor(kernel, 'updates', updates, tensor.dtype);
  checkPoints(kernel, ['indices', indices], ['updates', updates], ['tensor', tensor.shape], backend);
}

/** `checkScatterUpdate` of `SparseToDense`, whose `sparseValues` may be one value for every point. */
export function checkSparse({
  inputs: { sparseIndices, sparseValues, defaultValue },
  attrs: { outputShape },
  backend,
}: KernelCall<
  'sparseIndices' | 'sparseValues' | 'defaultValue',
  { readonly outputShape: readonly number[] }
>): void {
  const kernel = 'sparseToDense';
  checkTensor(kernel, 'defaultValue', defaultValue, sparseValues.dtype, 0);
  const points = sparseIndices.shape.length > 0 ? sparseIndices : { ...sparseIndices, shape: [1] };
  const { batch, axes } = sizesOf(points);
  checkSizes(kernel, 'outputShape', outputShape, axes, 0);
  const values = sparseValues.shape.length > 0 ? sparseValues : { ...sparseValues, shape: batch };
  checkPoints(
    kernel,
    ['sparseIndices', points],
    ['sparseValues', values],
    ['outputShape', outputShape],
    backend,
  );
}

/** The sizes of points `[..., axes]`, or `[n]` on one axis. */
const sizesOf = ({ shape }: TensorInfo): { batch: number[]; axes: number } =>
  shape.length > 1 ? { batch: shape.slice(0, -1), axes: shape.at(-1)! } : { batch: shape, axes: 1 };

/**
 * Refuses what `GatherNd` on wasm would read outside `params`.
 *
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or an index lies outside `params`.
 */
export function checkGatherPoints({
  inputs: { params, indices },
  backend,
}: KernelCall<'params' | 'indices'>): void {
  checkTensor('gatherND', 'indices', indices, 'int32');
  checkNoString('gatherND', 'params', params);
  const axes = indices.shape.at(-1);
  if (axes === undefined || axes < 1 || axes > params.shape.length) {
    throw new RangeError(
      `gatherND: indices has shape ${shown(indices.shape)}; expected [..., axes], with 1 to ${params.shape.length} axes.`,
    );
  }
  checkIndices('gatherND', 'indices', indices, params.shape.slice(0, axes), backend);
}

function checkNoString(kernel: string, name: string, { dtype }: TensorInfo): void {
  if (dtype !== 'string') return;
  throw new TypeError(`${kernel}: ${name} is string; expected float32, int32 or bool.`);
}

type Named<Value> = readonly [name: string, value: Value];

/** Expects int32 points inside a shape, and a value of `shape.slice(axes)` for each. */
function checkPoints(
  kernel: string,
  [name, points]: Named<TensorInfo>,
  [valuesName, values]: Named<TensorInfo>,
  [shapeName, shape]: Named<readonly number[]>,
  backend: unknown,
  leastAxes = 1,
): void {
  checkTensor(kernel, name, points, 'int32');
  checkNoString(kernel, valuesName, values);
  checkSizes(kernel, shapeName, shape, Math.max(shape?.length || 0, 1), 0);
  const { batch, axes } = sizesOf(points);
  if (axes < leastAxes || axes > shape.length) {
    throw new RangeError(
      `${kernel}: ${name} has ${axes} whole numbers per point; expected from ${leastAxes} to ${shape.length}.`,
    );
  }
  checkShape(kernel, valuesName, values, [...batch, ...shape.slice(axes)]);
  checkIndices(kernel, name, points, shape.slice(0, axes), backend);
}
