import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ArrayHost } from '../call/array-host.js';
import { checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `ResizeBilinearGrad` and `ResizeNearestNeighborGrad`, those of the forward kernel. */
export interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters?: boolean;
}

export type ResizeCall = KernelCall<'dy' | 'images', ResizeAttributes>;

/** Whether dy is float32, and both are batches of as many images and channels. */
export function fitsImages({ dy, images }: ResizeCall['inputs']): boolean {
  if (dy.dtype !== 'float32' || dy.shape.length !== 4 || images.shape.length !== 4) return false;
  return dy.shape[0] === images.shape[0] && dy.shape[3] === images.shape[3];
}

/** The positions of an input axis that one of the output axis is made of, and each one's share. */
type Shares = readonly (readonly [position: number, share: number])[];

/** Position `i` of an output axis, on the input axis. */
type Place = (i: number) => number;

/**
 * `ResizeNearestNeighborGrad`: dx[source of each pixel] += dy. TensorFlow.js' own takes all images but the first from
 * beside their gradient on cpu, and ignores halfPixelCenters.
 *
 * `dy` is float32 `[batch, height, width, channels]`, `images` gives the shape.
 *
 * @returns a kernel that returns dx of the images' shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export const resizeNearestGradient = (hostOf: (backend: unknown) => ArrayHost) =>
  resizeGradient('resizeNearestGradient', hostOf, (place, length, attributes) => (i) => {
    const at = attributes.alignCorners ? Math.round(place(i)) : Math.floor(place(i));
    return [[Math.max(0, Math.min(length - 1, at)), 1]];
  });

/**
 * `ResizeBilinearGrad`: each pixel's dy goes to the four that it was mixed from. TensorFlow.js' own swaps height and width
 * of what it returns on cpu, and ignores halfPixelCenters.
 *
 * `dy` is float32 `[batch, height, width, channels]`, `images` gives the shape.
 *
 * @returns a kernel that returns dx of the images' shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export const resizeBilinearGradient = (hostOf: (backend: unknown) => ArrayHost) =>
  resizeGradient('resizeBilinearGradient', hostOf, (place, length, attributes) => (i) => {
    const at = attributes.halfPixelCenters ? place(i) - 0.5 : place(i);
    const low = Math.max(0, Math.floor(at));
    const weight = low === length - 1 ? 0 : Math.max(0, at - low);
    return weight === 0
      ? [[low, 1]]
      : [
          [low, 1 - weight],
          [low + 1, weight],
        ];
  });

function resizeGradient(
  name: string,
  hostOf: (backend: unknown) => ArrayHost,
  sharesOf: (place: Place, length: number, attributes: ResizeAttributes) => (i: number) => Shares,
): (call: ResizeCall) => TensorInfo {
  return ({ inputs: { dy, images }, attrs, backend }) => {
    checkTensor(name, 'dy', dy, 'float32', 4);
    if (!fitsImages({ dy, images })) {
      throw new RangeError(
        `${name}: images has shape ${shown(images.shape)}; expected ${shown(dy.shape)} but for height and width.`,
      );
    }
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const host = hostOf(backend);
    const dx = host.make(images.shape, 'float32');
    const [from, to] = [host.floats(dy), host.floats(dx)];
    to.fill(0);
    const [rows, columns] = [
      [height, dy.shape[1]!],
      [width, dy.shape[2]!],
    ].map(([length, count]) =>
      Array.from({ length: count! }, (_, i) => sharesOf(placeOf(length!, count!, attrs), length!, attrs)(i)),
    ) as [Shares[], Shares[]];
    let at = 0;
    for (let image = 0; image < batch; image++) {
      for (const row of rows) {
        for (const column of columns) {
          for (const [y, byRow] of row) {
            for (const [x, byColumn] of column) {
              const target = ((image * height + y) * width + x) * channels;
              const share = byRow * byColumn;
              for (let k = 0; k < channels; k++) to[target + k]! += share * from[at + k]!;
            }
          }
          at += channels;
        }
      }
    }
    return dx;
  };
}

function placeOf(length: number, count: number, { alignCorners, halfPixelCenters }: ResizeAttributes): Place {
  const scale = alignCorners && count > 1 ? (length - 1) / (count - 1) : length / count;
  return (i) => scale * (halfPixelCenters ? i + 0.5 : i);
}
