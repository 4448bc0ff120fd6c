import {
  addN,
  cast,
  clone,
  concat,
  equal,
  maximum,
  mul,
  reshape,
  slice,
  step,
  sub,
  type Tensor,
  tidy,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import { sizeOf } from '../../shapes.js';
import { framed } from '../framed.js';
import { runFused } from '../run-fused.js';
import { attributesOf, type Pooling, windowsAlong } from './windows.js';

/** No value of an image is less, and differences from it are numbers. */
const LOWEST = -3.4e38;

/**
 * The maximum of each window of `[batch, ...sides, channels]`, and where in its window it stands, int32, for the two
 * functions below: the first of equal maxima.
 *
 * `MaxPool` of TensorFlow.js names no winner, and wasm's `MaxPoolWithArgmax` and `MaxPoolGrad` name a wrong one if
 * a window has no positive value.
 */
export function maxPoolWithArgmax(
  x: Tensor,
  pooling: Pooling,
): { readonly output: Tensor; readonly argmax: Tensor } {
  const fused = runFused('MetadistillMaxPoolWithArgmax', { x }, attributesOf(pooling));
  if (fused) return { output: fused[0] as Tensor, argmax: fused[1] as Tensor };
  return scoped(() => {
    const [first, ...rest] = windowMembers(x, pooling, LOWEST) as [Tensor, ...Tensor[]];
    let largest = first;
    let winner: Tensor = zerosLike(first);
    rest.forEach((member, i) => {
      // Members come in order, so that the latest strict increase has the highest number.
      winner = maximum(winner, mul(step(sub(member, largest)), i + 1));
      largest = maximum(largest, member);
    });
    // Of windows of one pixel, the first member may be x itself.
    return { output: clone(largest), argmax: cast(winner, 'int32') };
  });
}

/** The value of `x` at each window's winner: the tangent of max pooling. */
export function gatherWinners(x: Tensor, argmax: Tensor, pooling: Pooling): Tensor {
  const fused = runFused('MetadistillMaxPoolGather', { dx: x, argmax }, attributesOf(pooling));
  if (fused) return fused[0] as Tensor;
  return tidy(() =>
    addN(windowMembers(x, pooling, 0).map((member, i) => mul(member, winnerMask(argmax, i)))),
  );
}

/** `dy` at each window's winner and zeros elsewhere, in `inputShape`: the gradient of max pooling. */
export function scatterToWinners(
  dy: Tensor,
  argmax: Tensor,
  inputShape: readonly number[],
  pooling: Pooling,
): Tensor {
  const attributes = { ...attributesOf(pooling), inputShape };
  const fused = runFused('MetadistillMaxPoolScatter', { dy, argmax }, attributes);
  if (fused) return fused[0] as Tensor;
  return tidy(() => {
    const { blocks, strides, before, cells, members } = blocksOf(inputShape, pooling);
    const parts = cells.map((): Tensor[] => []);
    members.forEach(({ cell, from }, i) => {
      parts[cell]!.push(framed(mul(dy, winnerMask(argmax, i)), from, blocks));
    });
    const shape = [inputShape[0]!, ...blocks, inputShape.at(-1)!];
    const sums = parts.map((terms) => (terms.length === 0 ? zeros(shape) : addN(terms)));
    return framed(
      joined(sums, strides),
      before.map((length) => -length),
      inputShape.slice(1, -1),
    );
  });
}

/**
 * An image as blocks of one stride's size, in which windows begin. A cell is a position in a block: `[batch, ...blocks,
 * channels]` of all pixels there. Windows of any size and stride read slices of whole cells.
 */
interface Blocks {
  /** How many there are along each side. */
  readonly blocks: readonly number[];
  readonly strides: readonly number[];
  /** Where the image begins in them. */
  readonly before: readonly number[];
  /** The position of each cell in a block. */
  readonly cells: readonly (readonly number[])[];
  /** For each member of a window: its cell, and the block of the first window's. */
  readonly members: readonly { readonly cell: number; readonly from: readonly number[] }[];
}

function blocksOf(inputShape: readonly number[], pooling: Pooling): Blocks {
  const { poolSize, strides } = pooling;
  const axes = windowsAlong(inputShape.slice(1, -1), pooling);
  return {
    blocks: axes.map(({ count, size, stride }) => count - 1 + Math.ceil(size / stride)),
    strides,
    before: axes.map(({ before }) => before),
    cells: positions(strides),
    members: positions(poolSize).map((position) => ({
      cell: position.reduce((cell, at, i) => cell * strides[i]! + (at % strides[i]!), 0),
      from: position.map((at, i) => Math.floor(at / strides[i]!)),
    })),
  };
}

/** The first member of every window, the second, ... row by row; `filler` where a window stands out of the image. */
function windowMembers(x: Tensor, pooling: Pooling, filler: number): Tensor[] {
  const { blocks, strides, before, members } = blocksOf(x.shape, pooling);
  const counts = windowsAlong(x.shape.slice(1, -1), pooling).map(({ count }) => count);
  const sides = blocks.map((count, i) => count * strides[i]!);
  const cells = strides.reduce<Tensor[]>(
    (parts, stride, i) => parts.flatMap((part) => split(part, i + 1, stride)),
    [framed(x, before, sides, filler)],
  );
  return members.map(({ cell, from }) =>
    framed(
      cells[cell]!,
      from.map((block) => -block),
      counts,
    ),
  );
}

/** Every `stride`-th position along an axis, from the first, the second, ... */
function split(x: Tensor, axis: number, stride: number): Tensor[] {
  if (stride === 1) return [x];
  const count = x.shape[axis]! / stride;
  const shape = [...x.shape.slice(0, axis), count, ...x.shape.slice(axis + 1)];
  // Slices of rank 3: wasm is slow on those of rank 5 and more.
  const rows = reshape(x, [sizeOf(x.shape.slice(0, axis)) * count, stride, sizeOf(x.shape.slice(axis + 1))]);
  return range(stride).map((at) => reshape(slice(rows, [0, at, 0], [-1, 1, -1]), shape));
}

/** Cells side by side again: the opposite of `split` along all sides. */
function joined(cells: readonly Tensor[], strides: readonly number[]): Tensor {
  const [stride, ...rest] = strides;
  if (stride === undefined) return cells[0]!;
  const axis = cells[0]!.rank - 1 - strides.length;
  const inner = cells.length / stride;
  const parts = range(stride).map((at) => joined(cells.slice(at * inner, (at + 1) * inner), rest));
  if (stride === 1) return parts[0]!;
  const { shape } = parts[0]!;
  const flat = [sizeOf(shape.slice(0, axis + 1)), 1, sizeOf(shape.slice(axis + 1))];
  const together = concat(
    parts.map((part) => reshape(part, flat)),
    1,
  );
  return reshape(together, [...shape.slice(0, axis), shape[axis]! * stride, ...shape.slice(axis + 1)]);
}

/** 1 if the winner has this number, else 0. */
const winnerMask = (argmax: Tensor, i: number): Tensor => cast(equal(argmax, i), 'float32');

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** All positions in a block, row by row. */
const positions = (sides: readonly number[]): number[][] =>
  sides.reduce<number[][]>(
    (before, side) => before.flatMap((position) => range(side).map((at) => [...position, at])),
    [[]],
  );
