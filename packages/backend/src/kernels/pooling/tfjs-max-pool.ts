import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { imageGeometry, type PoolGeometry } from './image-geometry.js';
import type { TfjsPoolAttributes } from './volume-geometry.js';

type PoolCall = KernelCall<'x', TfjsPoolAttributes>;

/**
 * `MaxPool` on wasm, in place of TensorFlow.js' own, which loses a NaN or gives −Infinity for it, and leaves out values if
 * `pad` is a number and the window is not square, or sizes are not rounded down. Here a NaN is the largest.
 *
 * @returns y.
 * @throws RangeError if a window has no position in the image.
 */
export function maxPool({ inputs: { x }, attrs, backend }: PoolCall): TensorInfo {
  checkTensor('maxPool', 'x', x, 'float32', 4);
  const { geometry, outputShape } = imageGeometry('maxPool', x.shape, attrs);
  const { kernels, address, makeOutput } = runtimeOf(backend);
  const y = makeOutput(outputShape, 'float32');
  if (isSquares(geometry)) {
    const [images, height, width, channels] = geometry;
    kernels.maxPoolSquares(address(x), address(y), images, height, width, channels);
  } else {
    kernels.maxPoolWindows(address(x), address(y), ...geometry);
  }
  return y;
}

/**
 * `MaxPoolGrad` on wasm, in place of TensorFlow.js' own, which loses the gradient of windows without a positive
 * value. Of equal values the first gets it.
 *
 * @returns dx of the input's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function maxPoolGradient({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<'dy' | 'input' | 'output', TfjsPoolAttributes>): TensorInfo {
  checkTensor('maxPoolGrad', 'input', input, 'float32', 4);
  checkTensor('maxPoolGrad', 'dy', dy, 'float32', 4);
  const { geometry, outputShape } = imageGeometry('maxPoolGrad', input.shape, attrs);
  checkShape('maxPoolGrad', 'dy', dy, outputShape);
  const { kernels, address, makeOutput, withScratch } = runtimeOf(backend);
  const dx = makeOutput(input.shape, 'float32');
  if (isSquares(geometry)) {
    const [images, height, width, channels] = geometry;
    kernels.maxPoolSquaresGradient(address(input), address(dy), address(dx), images, height, width, channels);
    return dx;
  }
  const bytes = 4 * sizeOf(outputShape);
  withScratch(2 * bytes, (scratch) => {
    kernels.maxPool(address(input), scratch, scratch + bytes, ...geometry);
    kernels.maxPoolScatter(address(dy), scratch + bytes, address(dx), ...geometry);
  });
  return dx;
}

/** Whether windows are 2 × 2, whole and side by side. */
function isSquares([, height, width, , ...window]: PoolGeometry): boolean {
  const squares = [2, 2, 2, 2, 0, 0, height >> 1, width >> 1];
  return window.every((value, i) => value === squares[i]);
}

/**
 * `MaxPoolWithArgmax` on wasm, in place of TensorFlow.js' own, whose argmax is 0 if a window has no positive
 * value. Of equal values the first wins.
 *
 * @returns y, and as int32 the winner's flat index into the image, or into x if `includeBatchInIndex`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function tfjsMaxPoolWithArgmax({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes & { readonly includeBatchInIndex: boolean }>): TensorInfo[] {
  checkTensor('maxPoolWithArgmax', 'x', x, 'float32', 4);
  const { geometry, outputShape } = imageGeometry('maxPoolWithArgmax', x.shape, attrs);
  const { kernels, address, makeOutput, integers } = runtimeOf(backend);
  const y = makeOutput(outputShape, 'float32');
  const argmax = makeOutput(outputShape, 'int32');
  kernels.maxPool(address(x), address(y), address(argmax), ...geometry);
  flattenIndices(integers(address(argmax), sizeOf(outputShape)), geometry, attrs.includeBatchInIndex);
  return [y, argmax];
}

/** Positions within windows, as the kernel gives them, become flat indices of the image or of the batch. */
function flattenIndices(argmax: Int32Array, geometry: PoolGeometry, includeBatch: boolean): void {
  const [images, height, width, channels, , sizeWidth, strideHeight, strideWidth, top, left, rows, columns] =
    geometry;
  let at = 0;
  for (let image = 0; image < images; image++) {
    const base = includeBatch ? image * height : 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let channel = 0; channel < channels; channel++) {
          const position = argmax[at] as number;
          const y = row * strideHeight - top + Math.floor(position / sizeWidth);
          const x = column * strideWidth - left + (position % sizeWidth);
          argmax[at++] = ((base + y) * width + x) * channels + channel;
        }
      }
    }
  }
}
