import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { cpuHost } from '../call/array-host.js';
import { checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { partsOf } from '../call/split.js';

/** Attributes of `ResizeBilinearGrad` and `ResizeNearestNeighborGrad`, those of the forward kernel. */
export interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters?: boolean;
}

export type ResizeCall = KernelCall<'dy' | 'images', ResizeAttributes>;

/** `ResizeBilinearGrad` or `ResizeNearestNeighborGrad`. */
export type ResizeMethod = 'bilinear' | 'nearest';

/** What a position of an output axis was made of: a position of the input axis, and the share of the next; the rest is its own. */
interface Tap {
  readonly first: number;
  readonly shareOfNext: number;
}

/**
 * `ResizeNearestNeighborGrad` on wasm: dx[source of each pixel] += dy; and `ResizeBilinearGrad`: each pixel's dy goes to the
 * four that it was mixed from. TensorFlow.js' own ignore halfPixelCenters, write beyond dx if dy does not fit or dx is empty,
 * and for nearest neighbours take the wrong source if the corners of one pixel are aligned with several.
 *
 * `dy` is float32 `[batch, height, width, channels]`, `images` gives the shape.
 *
 * @returns a kernel that returns dx of the images' shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export const resizeGradient =
  (method: ResizeMethod) =>
  ({ inputs, attrs, backend }: ResizeCall): TensorInfo => {
    const { batch, height, width, rows, columns, channels } = sizesOf(method, inputs);
    const runtime = runtimeOf(backend);
    const { address, floats, integers, withScratch } = runtime;
    const dx = runtime.makeOutput(inputs.images.shape, 'float32');
    if (sizeOf(dx.shape) === 0) return dx;
    const [from, to] = [address(inputs.dy), address(dx)];
    const [source, image] = [4 * rows * columns * channels, 4 * height * width * channels];
    const parts = partsOf(batch, 4 * (2 * rows * columns + height * width) * channels);
    const line = 64 * Math.ceil((4 * width * channels) / 64);
    const tapBytes = 8 * (rows + columns);
    withScratch(parts.length * line + tapBytes, (lines) => {
      const taps = lines + parts.length * line;
      const [places, shares] = [integers(taps, tapBytes / 4), floats(taps, tapBytes / 4)];
      const write = (at: number, { first, shareOfNext }: Tap) => {
        places[2 * at] = first;
        shares[2 * at + 1] = shareOfNext;
      };
      for (let row = 0; row < rows; row++) write(row, tapOf(method, row, height, rows, attrs));
      for (let column = 0; column < columns; column++) {
        write(rows + column, tapOf(method, column, width, columns, attrs));
      }
      runtime.forEach(
        'resizeGradient',
        parts.map(({ from: first, count }, part) => [
          from + first * source,
          to + first * image,
          count,
          height,
          width,
          rows,
          columns,
          channels,
          taps,
          taps + 8 * rows,
          lines + part * line,
        ]),
      );
    });
    return dx;
  };

/** `resizeGradient` on cpu, where TensorFlow.js' own take all images but the first from beside their gradient, or swap height and width. */
export const resizeGradientOnCpu =
  (method: ResizeMethod) =>
  ({ inputs, attrs, backend }: ResizeCall): TensorInfo => {
    const { batch, height, width, rows, columns, channels } = sizesOf(method, inputs);
    const host = cpuHost(backend);
    const dx = host.make(inputs.images.shape, 'float32');
    const [from, to] = [host.floats(inputs.dy), host.floats(dx)];
    const tapsOf = (length: number, count: number) =>
      Array.from({ length: count }, (_, i) => spread(tapOf(method, i, length, count, attrs)));
    const [byRow, byColumn] = [tapsOf(height, rows), tapsOf(width, columns)];
    let at = 0;
    for (let image = 0; image < batch; image++) {
      for (const row of byRow) {
        for (const column of byColumn) {
          for (const [y, shareOfRow] of row) {
            for (const [x, shareOfColumn] of column) {
              const target = ((image * height + y) * width + x) * channels;
              const share = shareOfRow * shareOfColumn;
              for (let k = 0; k < channels; k++) to[target + k]! += share * from[at + k]!;
            }
          }
          at += channels;
        }
      }
    }
    return dx;
  };

/** The positions of a tap, each with its share. */
const spread = ({ first, shareOfNext }: Tap): readonly (readonly [position: number, share: number])[] =>
  shareOfNext === 0
    ? [[first, 1]]
    : [
        [first, 1 - shareOfNext],
        [first + 1, shareOfNext],
      ];

function sizesOf(method: ResizeMethod, { dy, images }: ResizeCall['inputs']) {
  const name = method === 'nearest' ? 'resizeNearestGradient' : 'resizeBilinearGradient';
  checkTensor(name, 'dy', dy, 'float32', 4);
  const { shape } = images;
  const [batch, rows, columns, channels] = dy.shape as [number, number, number, number];
  if (shape.length !== 4 || shape[0] !== batch || shape[3] !== channels) {
    throw new RangeError(
      `${name}: images has shape ${shown(shape)}; expected ${shown(dy.shape)} but for height and width.`,
    );
  }
  return { batch, height: shape[1]!, width: shape[2]!, rows, columns, channels };
}

/** What position `i` of `count` was made of, of an input axis of that length. */
function tapOf(method: ResizeMethod, i: number, length: number, count: number, attrs: ResizeAttributes): Tap {
  const { alignCorners, halfPixelCenters } = attrs;
  const scale = alignCorners && count > 1 ? (length - 1) / (count - 1) : length / count;
  const place = scale * (halfPixelCenters ? i + 0.5 : i);
  const within = (at: number) => Math.max(0, Math.min(length - 1, at));
  if (method === 'nearest') {
    return { first: within(alignCorners ? Math.round(place) : Math.floor(place)), shareOfNext: 0 };
  }
  const at = halfPixelCenters ? place - 0.5 : place;
  const first = within(Math.floor(at));
  return { first, shareOfNext: first === length - 1 ? 0 : Math.max(0, at - first) };
}
