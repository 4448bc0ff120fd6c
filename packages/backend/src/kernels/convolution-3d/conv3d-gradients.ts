import { describeValue } from '@metadistill/options';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../../generated/kernel-exports.js';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkSizes, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { perAxis } from '../call/window-checks.js';

type Shape5D = [number, number, number, number, number];

/** Attributes that both gradients share. */
export interface Conv3DAttributes {
  readonly strides: number | [number, number, number];
  readonly pad: 'same' | 'valid';
}

/**
 * `Conv3DBackpropInputV2` on wasm, in place of TensorFlow.js' own, which adds to the first pixels of each image what is not
 * theirs.
 *
 * `dy` is float32 `[batch, planes, rows, columns, outputs]`, `filter` `[depth, height, width, inputs, outputs]`.
 *
 * @returns dx of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function conv3DInputGradient({
  inputs: { dy, filter },
  attrs: { inputShape, ...attributes },
  backend,
}: KernelCall<'dy' | 'filter', Conv3DAttributes & { readonly inputShape: readonly number[] }>): TensorInfo {
  checkTensor('conv3DInputGradient', 'filter', filter, 'float32', 5);
  checkTensor('conv3DInputGradient', 'dy', dy, 'float32', 5);
  const { geometry, outputShape } = geometryOf('conv3DInputGradient', inputShape, filter.shape, attributes);
  checkShape('conv3DInputGradient', 'dy', dy, outputShape);
  const { kernels, address, floats, makeOutput, withScratch } = runtimeOf(backend);
  const dx = makeOutput(inputShape, 'float32');
  const size = sizeOf(filter.shape);
  withScratch(4 * size, (scratch) => {
    const [inputs, outputs] = filter.shape.slice(3) as [number, number];
    transposeTaps(floats(address(filter), size), floats(scratch, size), inputs, outputs);
    kernels.conv3DInputGradient(address(dy), scratch, address(dx), ...geometry);
  });
  return dx;
}

/**
 * `Conv3DBackpropFilterV2` on wasm, in place of TensorFlow.js' own, which is wrong where a tap of the filter is on padding
 * in every window.
 *
 * `x` is float32 `[batch, depth, height, width, inputs]`, `dy` `[batch, planes, rows, columns, outputs]`.
 *
 * @returns a tensor of shape `filterShape`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function conv3DFilterGradient({
  inputs: { x, dy },
  attrs: { filterShape, ...attributes },
  backend,
}: KernelCall<'x' | 'dy', Conv3DAttributes & { readonly filterShape: readonly number[] }>): TensorInfo {
  checkTensor('conv3DFilterGradient', 'x', x, 'float32', 5);
  checkTensor('conv3DFilterGradient', 'dy', dy, 'float32', 5);
  const { geometry, outputShape } = geometryOf('conv3DFilterGradient', x.shape, filterShape, attributes);
  checkShape('conv3DFilterGradient', 'dy', dy, outputShape);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const gradient = makeOutput(filterShape, 'float32');
  kernels.conv3DFilterGradient(address(x), address(dy), address(gradient), ...geometry);
  return gradient;
}

/**
 * The windows where the forward kernel of TensorFlow.js has them.
 *
 * @throws RangeError if sizes or strides are no whole numbers from 1, channels differ, or the filter is larger than the volume.
 */
function geometryOf(
  kernel: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad }: Conv3DAttributes,
) {
  checkSizes(kernel, 'the input', inputShape, 5, 1, 0);
  checkSizes(kernel, 'the filter', filterShape, 5, 1);
  if (inputShape[4] !== filterShape[3]) {
    throw new RangeError(
      `${kernel}: the input ${shown(inputShape)} has ${inputShape[4]} channels, the filter ${shown(filterShape)} ` +
        `takes ${filterShape[3]}; expected as many.`,
    );
  }
  if (pad !== 'same' && pad !== 'valid') {
    throw new RangeError(`${kernel}: pad is ${describeValue(pad)}; expected same or valid.`);
  }
  const info = backend_util.computeConv3DInfo(
    inputShape as Shape5D,
    filterShape as Shape5D,
    perAxis(kernel, 'strides', strides, 3) as [number, number, number],
    1,
    pad,
  );
  if (info.outDepth < 1 || info.outHeight < 1 || info.outWidth < 1) {
    throw new RangeError(
      `${kernel}: the filter ${shown(filterShape)} is larger than the volumes of ${shown(inputShape)}; expected one that fits.`,
    );
  }
  const { front, top, left } = info.padInfo;
  const geometry = [
    ...[info.batchSize, info.inDepth, info.inHeight, info.inWidth, info.inChannels, info.outChannels],
    ...[info.filterDepth, info.filterHeight, info.filterWidth],
    ...[info.strideDepth, info.strideHeight, info.strideWidth],
    ...[front, top, left],
    ...[info.outDepth, info.outHeight, info.outWidth],
  ] as unknown as Geometry;
  return { geometry, outputShape: info.outShape };
}

/** The sizes that both kernels take after their three addresses. */
type Geometry =
  Parameters<KernelExports['conv3DInputGradient']> extends [number, number, number, ...infer Sizes]
    ? Readonly<Sizes>
    : never;

/** [taps, inputs, outputs] -> [taps, outputs, inputs]. */
function transposeTaps(from: Float32Array, to: Float32Array, inputs: number, outputs: number): void {
  for (let tap = 0; tap < from.length; tap += inputs * outputs) {
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) to[tap + o * inputs + i] = from[tap + i * outputs + o]!;
  }
}
