import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { repeatsAlong } from '../activation/spread-rows.js';
import { checked } from '../call/checked.js';
import { checkFinite, checkOneOf, checkShape, checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { KernelRow } from '../call/kernel-row.js';
import { checkPadding, perAxis } from '../call/window-checks.js';

type NormCall = KernelCall<'x' | 'mean' | 'variance', { readonly varianceEpsilon: number }> & {
  readonly inputs: { readonly scale?: TensorInfo | null; readonly offset?: TensorInfo | null };
};

/** TensorFlow.js' own repeats what it is given as it lies in memory: values by channel, or all trailing axes of x. */
function checkBatchNorm({
  inputs: { x, mean, variance, scale, offset },
  attrs: { varianceEpsilon },
}: NormCall): void {
  const kernel = 'batchNorm';
  checkTensor(kernel, 'x', x, 'float32');
  for (const [name, values] of Object.entries({ mean, variance, scale, offset })) {
    if (!values && (name === 'scale' || name === 'offset')) continue;
    checkTensor(kernel, name, values!, 'float32');
    if (values!.shape.length <= x.shape.length && repeatsAlong(values!.shape, x.shape)) continue;
    throw new RangeError(
      `${kernel}: ${name} has shape ${shown(values!.shape)}; expected the last sizes of x, ${shown(x.shape)}.`,
    );
  }
  checkFinite(kernel, { varianceEpsilon });
}

type Shape5D = [number, number, number, number, number];

interface Conv3DAttributes {
  readonly strides: number | [number, number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations: number | [number, number, number];
  readonly dataFormat?: string;
}

function checkConv3D({
  inputs: { x, filter },
  attrs: { strides, pad, dilations, dataFormat = 'NDHWC' },
}: KernelCall<'x' | 'filter', Conv3DAttributes>): void {
  const kernel = 'conv3d';
  checkTensor(kernel, 'x', x, 'float32', 5);
  checkTensor(kernel, 'filter', filter, 'float32', 5);
  checkShape(kernel, 'filter', filter, filter.shape.with(3, x.shape[4]!));
  perAxis(kernel, 'strides', strides, 3);
  perAxis(kernel, 'dilations', dilations, 3);
  checkOneOf(kernel, 'dataFormat', dataFormat, ['NDHWC']);
  if (typeof pad !== 'number') checkOneOf(kernel, 'pad', pad, ['valid', 'same']);
  checkPadding(kernel, pad, 5);
  const [xShape, filterShape] = [x.shape as Shape5D, filter.shape as Shape5D];
  const { outShape } = backend_util.computeConv3DInfo(xShape, filterShape, strides, dilations, pad);
  if (outShape.every((size) => size >= 0) && filter.shape.every((size) => size > 0)) return;
  throw new RangeError(
    `${kernel}: filter has shape ${shown(filter.shape)}; expected windows that fit into x, ${shown(x.shape)}.`,
  );
}

export const layerChecks: readonly KernelRow[] = [
  { name: 'FusedBatchNorm', wasm: checked(checkBatchNorm) },
  { name: 'Conv3D', wasm: checked(checkConv3D) },
];
