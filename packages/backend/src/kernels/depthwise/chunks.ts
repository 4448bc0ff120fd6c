import type { KernelExports } from '../../generated/kernel-exports.js';
import type { Images } from '../convolution/plan-windows.js';

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

/** The channels as SIMD reads them: a multiple of four. */
export const paddedChannels = (channels: number): number => Math.ceil(channels / 4) * 4;

/** Images whose channels are each read `times` times in a row, and padded by zeros to a multiple of four. */
export interface WideImages {
  readonly images: Images;
  readonly times: number;
}

const isWide = ({ images, times }: WideImages): boolean => times === 1 && images.channels % 4 === 0;

/** The floats of scratch memory that `widen` needs for a chunk. */
export const wideSize = (wide: WideImages, { images }: Chunk): number =>
  isWide(wide)
    ? 0
    : images * wide.images.rows * wide.images.columns * paddedChannels(wide.images.channels * wide.times);

/** A chunk of wide images: in place if they already are as wide, else in scratch memory. */
export function widen(
  kernels: KernelExports,
  wide: WideImages,
  { first, images }: Chunk,
  scratch: number,
): Images {
  const { rows, columns, channels } = wide.images;
  const address = wide.images.address + 4 * first * rows * columns * channels;
  if (isWide(wide)) return { rows, columns, channels, address };
  const padded = paddedChannels(channels * wide.times);
  kernels.repeatChannels(address, scratch, images * rows * columns, channels, wide.times, padded);
  return { rows, columns, channels: padded, address: scratch };
}
