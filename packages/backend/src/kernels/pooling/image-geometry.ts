import type { KernelExports } from '../../generated/kernel-exports.js';
import { type TfjsPoolAttributes, volumeGeometry } from './volume-geometry.js';

/** The sizes that every kernel of images takes after its three addresses. */
export type PoolGeometry =
  Parameters<KernelExports['maxPool']> extends [number, number, number, ...infer Sizes]
    ? Readonly<Sizes>
    : never;

/**
 * The windows of a pooling of `[batch, height, width, channels]`, for the kernels that take no third dimension.
 *
 * @throws as `volumeGeometry`.
 */
export function imageGeometry(
  kernel: string,
  shape: readonly number[],
  attributes: TfjsPoolAttributes,
): { readonly geometry: PoolGeometry; readonly outputShape: readonly number[] } {
  const { geometry, outputShape } = volumeGeometry(kernel, shape, attributes);
  const [
    images,
    ,
    height,
    width,
    channels,
    ,
    sizeH,
    sizeW,
    ,
    strideH,
    strideW,
    ,
    top,
    left,
    ,
    rows,
    columns,
  ] = geometry;
  return {
    geometry: [images, height, width, channels, sizeH, sizeW, strideH, strideW, top, left, rows, columns],
    outputShape,
  };
}
