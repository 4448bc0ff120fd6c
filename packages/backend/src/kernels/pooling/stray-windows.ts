import type { KernelCall } from '../call/kernel-call.js';
import { type TfjsPoolAttributes, volumeGeometry } from './volume-geometry.js';

type PoolCall = KernelCall<'x', TfjsPoolAttributes>;

/**
 * Stands in for `MaxPool` and `AvgPool` of TensorFlow.js on windows that have no position in the image: on cpu they give
 * −Infinity or NaN, and on wasm they read beyond the image, after which every later call fails.
 *
 * @throws RangeError that names the windows.
 */
export function refuseStrayWindows({ inputs: { x }, attrs }: PoolCall): never {
  volumeGeometry('pool', x.shape, attrs);
  throw new RangeError(
    'pool: the windows have positions in every image; expected a call that hasStrayWindows.',
  );
}

/** Whether a pooling has a window without a position in the image. */
export function hasStrayWindows({ inputs: { x }, attrs }: PoolCall): boolean {
  try {
    volumeGeometry('pool', x.shape, attrs);
    return false;
  } catch {
    return true;
  }
}
