import type { KernelExports } from '../../generated/kernel-exports.js';
import type { Images } from '../convolution/windows/plan-windows.js';

/** What is worked on at once is still in the third-level cache when the borders of its images are. */
const chunkBytes = 2 ** 20;

/** Some images of a batch. */
export interface Chunk {
  readonly first: number;
  readonly images: number;
}

/** A batch of images of that many floats each, cut into chunks that stay in the cache. */
export function chunksOf(batch: number, imageSize: number): Chunk[] {
  const most = Math.max(1, Math.floor(chunkBytes / (4 * imageSize)));
  return Array.from({ length: Math.ceil(batch / most) }, (_, i) => ({
    first: i * most,
    images: Math.min(most, batch - i * most),
  }));
}

/** The channels of a filter as SIMD reads them: a multiple of four. */
export const paddedChannels = (channels: number): number => Math.ceil(channels / 4) * 4;

/** Images whose channels are each read `times` times in a row. */
export interface WideImages {
  readonly images: Images;
  readonly times: number;
}

/** The bytes of scratch memory that `widen` needs for the largest of some chunks. */
export function wideBytes(
  { images: { rows, columns, channels }, times }: WideImages,
  chunks: readonly Chunk[],
) {
  if (times === 1) return 0;
  const most = Math.max(0, ...chunks.map(({ images }) => images));
  return 4 * most * rows * columns * channels * times + 16;
}

/** A chunk of wide images: in place if every channel is read once, else in scratch memory. */
export function widen(
  kernels: KernelExports,
  { images: { rows, columns, channels, address }, times }: WideImages,
  { first, images }: Chunk,
  scratch: number,
): Images {
  const size = rows * columns * channels;
  const from = address + 4 * first * size;
  if (times === 1) return { rows, columns, channels, address: from };
  kernels.repeatValues(from, scratch, images * size, times);
  return { rows, columns, channels: channels * times, address: scratch };
}
