import {
  avgPool,
  avgPool3d,
  mul,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { framed } from '../framed.js';
import { runFused, runKernel } from '../run-fused.js';
import { attributesOf, type Pooling, windowsAlong } from './windows.js';

/** The mean of each window of `[batch, ...sides, channels]` over the pixels that it has in the image. */
export function averagePool(x: Tensor, { poolSize, strides, padding }: Pooling): Tensor {
  return x.rank === 5
    ? avgPool3d(
        x as Tensor5D,
        poolSize as [number, number, number],
        strides as [number, number, number],
        padding,
      )
    : avgPool(x as Tensor4D, poolSize as [number, number], strides as [number, number], padding);
}

/** Each window's `dy`, shared among its pixels, in `inputShape`: the gradient of average pooling. */
export const averagePoolGradient = (dy: Tensor, inputShape: readonly number[], pooling: Pooling): Tensor =>
  runFused('MetadistillAveragePoolGrad', { dy }, { ...attributesOf(pooling), inputShape })?.[0] ??
  tidy(() => {
    // Stock kernels divide by the window's size even where it stands out of the image: so it is framed by pixels, and dy
    // makes up for the larger share that they took.
    const axes = windowsAlong(inputShape.slice(1, -1), pooling);
    const shares = axes.reduce<Tensor>((product, axis, i) => {
      const { length, size, stride, before, count } = axis;
      if (pooling.padding === 'valid') return product;
      const factors = Array.from({ length: count }, (_, window) => {
        const start = window * stride - before;
        return size / (Math.min(length, start + size) - Math.max(0, start));
      });
      return mul(
        product,
        tensor(
          factors,
          dy.shape.map((_, k) => (k === i + 1 ? count : 1)),
        ),
      );
    }, dy);
    const sides = axes.map(({ length, size, stride, before, count }) =>
      Math.max(before + length, (count - 1) * stride + size),
    );
    const input = zeros([inputShape[0]!, ...sides, inputShape.at(-1)!]);
    const kernel = input.rank === 5 ? 'AvgPool3DGrad' : 'AvgPoolGrad';
    const attributes = attributesOf({ ...pooling, padding: 'valid' });
    const gradient = runKernel(kernel, { dy: shares, input }, attributes)[0]!;
    return framed(
      gradient,
      axes.map(({ before }) => -before),
      inputShape.slice(1, -1),
    );
  });
