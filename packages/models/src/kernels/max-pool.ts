import {
  addN,
  cast,
  concat,
  equal,
  maximum,
  mul,
  pad,
  reshape,
  slice,
  step,
  sub,
  type Tensor,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { scoped } from '../scoped.js';
import { runFused } from './run-fused.js';

/**
 * The maximum of each `size`×`size` window of `[batch, height, width, channels]`, and where in its window it stands:
 * 0..size²−1 row by row, the first of equal maxima, int32. Windows do not overlap; a rest at the edge is left out.
 *
 * `MaxPool` of TensorFlow.js names no winner, and wasm's `MaxPoolWithArgmax` and `MaxPoolGrad` name a wrong one if
 * a window has no positive value.
 */
export function maxPoolWithArgmax(
  x: Tensor4D,
  size: number,
): { readonly output: Tensor4D; readonly argmax: Tensor4D } {
  const fused = runFused('MetadistillMaxPoolWithArgmax', { x }, { size, stride: size });
  if (fused) return { output: fused[0] as Tensor4D, argmax: fused[1] as Tensor4D };
  return scoped(() => {
    const [first, ...rest] = windowMembers(x, size) as [Tensor, ...Tensor[]];
    let largest = first;
    let winner: Tensor = zerosLike(first);
    rest.forEach((member, i) => {
      // Members come in order, so that the latest strict increase has the highest number.
      winner = maximum(winner, mul(step(sub(member, largest)), i + 1));
      largest = maximum(largest, member);
    });
    const shape = pooledShape(x.shape, size);
    return { output: reshape(largest, shape), argmax: reshape(cast(winner, 'int32'), shape) };
  });
}

/** The value of `x` at each window's winner: the tangent of max pooling, `[batch, height, width, channels]` pooled. */
export function gatherWinners(x: Tensor4D, argmax: Tensor4D, size: number): Tensor4D {
  const fused = runFused('MetadistillMaxPoolGather', { dx: x, argmax }, { size, stride: size });
  if (fused) return fused[0] as Tensor4D;
  return tidy(() => {
    const shape = argmax.shape;
    const members = windowMembers(x, size).map((member) => reshape(member, shape));
    return addN(members.map((member, i) => mul(member, winnerMask(argmax, i))));
  });
}

/** `dy` at each window's winner and zeros elsewhere, in `inputShape`: the gradient of max pooling. A winner of −1 is none. */
export function scatterToWinners(
  dy: Tensor4D,
  argmax: Tensor4D,
  inputShape: Tensor4D['shape'],
  size: number,
): Tensor4D {
  const fused = runFused('MetadistillMaxPoolScatter', { dy, argmax }, { inputShape, size, stride: size });
  if (fused) return fused[0] as Tensor4D;
  return tidy(() => {
    const [batch, pooledHeight, pooledWidth, channels] = dy.shape;
    const windows = batch * pooledHeight * pooledWidth;
    const member = (i: number) => reshape(mul(dy, winnerMask(argmax, i)), [windows, 1, channels]);
    const row = (r: number) =>
      reshape(
        joined(range(size).map((c) => member(r * size + c))), // [windows, size, channels]
        [batch * pooledHeight, 1, pooledWidth * size * channels],
      );
    const covered: Tensor4D = reshape(joined(range(size).map(row)), [
      batch,
      pooledHeight * size,
      pooledWidth * size,
      channels,
    ]);
    const [, height, width] = inputShape;
    if (covered.shape[1] === height && covered.shape[2] === width) return covered;
    return pad(covered, [
      [0, 0],
      [0, height - covered.shape[1]],
      [0, width - covered.shape[2]],
      [0, 0],
    ]);
  });
}

/** size² tensors `[windows, 1, channels]`: the first member of every window, the second, ... row by row. */
function windowMembers(x: Tensor4D, size: number): Tensor[] {
  const [batch, height, width, channels] = x.shape;
  const [, pooledHeight, pooledWidth] = pooledShape(x.shape, size);
  const covered = [batch, pooledHeight * size, pooledWidth * size, channels] as Tensor4D['shape'];
  const fits = covered[1] === height && covered[2] === width;
  // Slices of rank 3: wasm is slow on those of rank 5 and more.
  const rows = reshape(fits ? x : slice(x, [0, 0, 0, 0], covered), [
    batch * pooledHeight,
    size,
    pooledWidth * size * channels,
  ]);
  return range(size).flatMap((r) => {
    const row = reshape(slice(rows, [0, r, 0], [-1, 1, -1]), [
      batch * pooledHeight * pooledWidth,
      size,
      channels,
    ]);
    return range(size).map((c) => slice(row, [0, c, 0], [-1, 1, -1]));
  });
}

/** 1 if the winner has this number, else 0. */
const winnerMask = (argmax: Tensor4D, i: number): Tensor => cast(equal(argmax, i), 'float32');

const joined = (parts: Tensor[]): Tensor => (parts.length === 1 ? parts[0]! : concat(parts, 1));

const pooledShape = (
  [batch, height, width, channels]: Tensor4D['shape'],
  size: number,
): Tensor4D['shape'] => [batch, Math.floor(height / size), Math.floor(width / size), channels];

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
