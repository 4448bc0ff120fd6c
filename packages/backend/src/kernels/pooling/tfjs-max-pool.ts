import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { PoolGeometry } from './max-pool.js';

type Shape4D = [number, number, number, number];

/** Attributes that `MaxPoolGrad` and `MaxPoolWithArgmax` share. */
export interface TfjsPoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
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
  const { geometry, outputShape } = tfjsPoolGeometry('maxPoolGrad', input.shape, attrs);
  checkShape('maxPoolGrad', 'dy', dy, outputShape);
  const { kernels, address, makeOutput, withScratch } = runtimeOf(backend);
  const dx = makeOutput(input.shape, 'float32');
  const bytes = 4 * sizeOf(outputShape);
  withScratch(2 * bytes, (scratch) => {
    kernels.maxPool(address(input), scratch, scratch + bytes, ...geometry);
    kernels.maxPoolScatter(address(dy), scratch + bytes, address(dx), ...geometry);
  });
  return dx;
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
  const { geometry, outputShape } = tfjsPoolGeometry('maxPoolWithArgmax', x.shape, attrs);
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

function tfjsPoolGeometry(
  kernel: string,
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: TfjsPoolAttributes,
): { readonly geometry: PoolGeometry; readonly outputShape: readonly number[] } {
  const info = backend_util.computePool2DInfo(shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  const { padInfo, filterHeight, filterWidth } = info;
  const tooFar =
    Math.max(padInfo.top, padInfo.bottom) >= filterHeight ||
    Math.max(padInfo.left, padInfo.right) >= filterWidth;
  if (!(info.outHeight > 0 && info.outWidth > 0) || tooFar) {
    throw new RangeError(
      `${kernel}: a window of ${filterHeight} × ${filterWidth} with this padding does not meet the images of ` +
        `${shown(shape)} everywhere; expected one that does. Use a smaller window or less padding.`,
    );
  }
  return {
    geometry: [
      info.batchSize,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      filterHeight,
      filterWidth,
      info.strideHeight,
      info.strideWidth,
      padInfo.top,
      padInfo.left,
      info.outHeight,
      info.outWidth,
    ],
    outputShape: info.outShape,
  };
}
