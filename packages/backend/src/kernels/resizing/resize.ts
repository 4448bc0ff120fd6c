import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checkIndices } from '../call/checked.js';
import { checkNumbers, checkShape, checkSizes, checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/**
 * Refuses what `ResizeBilinear` and `ResizeNearestNeighbor` on wasm return garbage for: images without a pixel, and sizes
 * that are none.
 *
 * @throws TypeError or RangeError if the images or `size` do not fit.
 */
export const checkResize =
  (kernel: string) =>
  ({
    inputs: { images },
    attrs: { size },
  }: KernelCall<'images', { readonly size: readonly number[] }>): void => {
    checkImages(kernel, 'images', images);
    checkSizes(kernel, 'size', size, 2, 1);
  };

/** Attributes of `CropAndResize`. */
interface CropAttributes {
  readonly cropSize: readonly number[];
  readonly method: string;
  readonly extrapolationValue: number;
}

/**
 * `checkResize` of `CropAndResize`, which would read beyond its images.
 *
 * @throws TypeError or RangeError if dtypes, shapes or attributes do not fit, or a box is of an image that there is none of.
 */
export function checkCrop({
  inputs: { image, boxes, boxInd },
  attrs: { cropSize, method, extrapolationValue },
  backend,
}: KernelCall<'image' | 'boxes' | 'boxInd', CropAttributes>): void {
  const kernel = 'cropAndResize';
  checkImages(kernel, 'image', image);
  checkTensor(kernel, 'boxes', boxes, 'float32', 2);
  checkShape(kernel, 'boxes', boxes, [boxes.shape[0]!, 4]);
  checkTensor(kernel, 'boxInd', boxInd, 'int32', 1);
  checkShape(kernel, 'boxInd', boxInd, [boxes.shape[0]!]);
  checkSizes(kernel, 'cropSize', cropSize, 2, 1);
  checkNumbers(kernel, { extrapolationValue });
  if (method !== 'bilinear' && method !== 'nearest') {
    throw new RangeError(`${kernel}: method is ${describeValue(method)}; expected 'bilinear' or 'nearest'.`);
  }
  checkIndices(kernel, 'boxInd', boxInd, [image.shape[0]!], backend);
  const wild = wasmHost(backend)
    .floats(boxes)
    .find((edge) => !Number.isFinite(edge));
  if (wild !== undefined) throw new RangeError(`${kernel}: boxes has ${wild}; expected finite numbers.`);
}

/** Expects images of numbers `[batch, height, width, channels]` that have pixels. */
function checkImages(kernel: string, name: string, { dtype, shape }: TensorInfo): void {
  if (dtype === 'string') throw new TypeError(`${kernel}: ${name} is string; expected numbers.`);
  if (shape.length === 4 && shape[1]! > 0 && shape[2]! > 0) return;
  throw new RangeError(
    `${kernel}: ${name} has shape ${shown(shape)}; expected [batch, height, width, channels] of at least one pixel.`,
  );
}
