import { matMul, reshape, type Tensor, type Tensor4D, tensor3d } from '@tensorflow/tfjs-core';
import { fresh } from './products.js';
import { runKernel } from './run-fused.js';

/** Images with so many times as many rows and columns, mixed from their neighbours: pixel i is at i / size. */
export const resizeBilinear = (images: Tensor4D, [rows, columns]: readonly [number, number]): Tensor =>
  runKernel(
    'ResizeBilinear',
    { images },
    {
      alignCorners: false,
      halfPixelCenters: false,
      size: [rows * images.shape[1], columns * images.shape[2]],
    },
  )[0]!;

/**
 * The transpose, as a product along each side: `ResizeBilinearGrad` of TensorFlow.js is wrong on cpu. `dy` is of the larger
 * images. Callers surround it by a `tidy`.
 */
export function resizeBilinearTranspose(dy: Tensor4D, [rows, columns]: readonly [number, number]): Tensor {
  const [batch, tall, wide, channels] = dy.shape;
  const [height, width] = [tall / rows, wide / columns];
  const along = matMul(sharesOf(height, rows), fresh(reshape(dy, [batch, tall, wide * channels])));
  const across = matMul(sharesOf(width, columns), fresh(reshape(along, [batch * height, wide, channels])));
  return reshape(across, [batch, height, width, channels]);
}

/** What each of `length` pixels gives to each of `length · times`: `[1, length, length · times]`. */
function sharesOf(length: number, times: number) {
  const shares: number[] = Array(length * length * times).fill(0);
  for (let i = 0; i < length * times; i++) {
    const from = Math.floor(i / times);
    const next = Math.min(from + 1, length - 1);
    const weight = (i % times) / times;
    shares[from * length * times + i]! += 1 - weight;
    shares[next * length * times + i]! += weight;
  }
  return tensor3d(shares, [1, length, length * times]);
}
