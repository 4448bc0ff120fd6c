import {
  engine,
  type GradConfig,
  getBackend,
  mul,
  type NamedAttrMap,
  pad,
  slice,
  type Tensor,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import type { BackendName } from '../../backend-name.js';
import { type TfjsPoolAttributes, volumeGeometry } from '../../kernels/pooling/volume-geometry.js';
import { isOurs } from '../../register-kernels.js';

/**
 * The gradients of `AvgPool` and `AvgPool3D`, right whether the backend's kernel counts padding or not: dy is weighed by what
 * each window shares, and goes through the kernel as if the image had been padded with pixels.
 */
export const averagePoolGradients: readonly GradConfig[] = ['AvgPool', 'AvgPool3D'].map((kernelName) => ({
  kernelName,
  inputsToSave: ['x'],
  gradFunc: (dy: Tensor | Tensor[], [x]: Tensor[], attributes: NamedAttrMap) => ({
    x: () => gradient(`${kernelName}Grad`, dy as Tensor, x as Tensor, attributes),
  }),
}));

function gradient(kernelName: string, dy: Tensor, x: Tensor, attributes: NamedAttrMap): Tensor {
  const axes = axesOf(x.shape, attributes as unknown as TfjsPoolAttributes);
  const run = (cotangent: Tensor, input: Tensor, padding: NamedAttrMap): Tensor =>
    engine().runKernel(kernelName, { dy: cotangent, input }, { ...attributes, ...padding }) as Tensor;
  if (isOurs(kernelName, getBackend() as BackendName) || axes.every(({ isWhole }) => isWhole))
    return run(dy, x, {});
  const padded = zeros([x.shape[0]!, ...axes.map(({ reach }) => reach), x.shape.at(-1)!]);
  const shares = axes.reduce<Tensor>((product, { size, counts }, axis) => {
    const shape = dy.shape.map((length, i) => (i === axis + 1 ? length : 1));
    return mul(
      product,
      tensor(
        counts.map((count) => size / count),
        shape,
      ),
    );
  }, dy);
  const within = slice(
    run(shares, padded, { pad: 'valid' }),
    [0, ...axes.map(({ before }) => before), 0],
    [x.shape[0]!, ...axes.map(({ seen }) => seen), x.shape.at(-1)!],
  );
  // Pixels that no window reaches.
  return pad(within, [
    [0, 0],
    ...axes.map(({ length, seen }) => [0, length - seen] as [number, number]),
    [0, 0],
  ]);
}

interface PaddedAxis {
  readonly length: number;
  readonly size: number;
  readonly before: number;
  /** From the first position of the first window to the last of the last. */
  readonly reach: number;
  /** How many positions of the image are in it. */
  readonly seen: number;
  /** Whether all windows are in the image. */
  readonly isWhole: boolean;
  /** How many positions each window has in the image. */
  readonly counts: readonly number[];
}

function axesOf(shape: readonly number[], attributes: TfjsPoolAttributes): PaddedAxis[] {
  const { geometry } = volumeGeometry('averagePoolGrad', shape, attributes);
  const lengths = geometry.slice(1, 4);
  const [sizes, strides, befores, counts] = [5, 8, 11, 14].map((from) =>
    geometry.slice(from, from + 3),
  ) as number[][];
  const axes = lengths.map((length, i) => {
    const [size, stride, before, count] = [sizes, strides, befores, counts].map((values) => values![i]!) as [
      number,
      number,
      number,
      number,
    ];
    const starts = Array.from({ length: count }, (_, window) => window * stride - before);
    const reach = (count - 1) * stride + size;
    return {
      length,
      size,
      before,
      reach,
      seen: Math.min(length, reach - before),
      isWhole: before === 0 && reach <= length,
      counts: starts.map((start) => Math.min(length, start + size) - Math.max(0, start)),
    };
  });
  return axes.slice(3 - (shape.length - 2));
}
