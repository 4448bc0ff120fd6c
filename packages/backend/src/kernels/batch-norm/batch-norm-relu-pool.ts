import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { type Part, partsOf } from '../call/split.js';
import {
  type BatchNormAttributes,
  collectGradients,
  differentiateChannels,
  givenTangents,
  rowsOf,
  withSlopes,
} from './batch-norm-channels.js';
import { addCentred } from './centred-sums.js';
import { addSums, writeMoments } from './reduce-rows.js';

// Up to that many channels, a row of windows goes by four channels at a time. With twice as many, gradient and tangent
// would take 1.2 to 1.4 times as long that way, and pooling, which mostly reads, as long as the other.
const fewToPool = 32;
const fewToDerive = 16;

/**
 * `MetadistillBatchNormReluMaxPool` on wasm: batch norm in training mode, ReLU and 2 × 2 max pooling of stride 2 in
 * one, without storing what is between.
 *
 * `x` is float32 `[batch, height, width, channels]`, `scale` and `offset` are `[channels]`. An odd last row or
 * column counts for the statistics and is not pooled.
 *
 * @returns y `[batch, ⌊height / 2⌋, ⌊width / 2⌋, channels]`; argmax as int32 of its shape, the winner's position in
 * its window, 0 to 3 row-major, or −1 if y is 0 and nothing passes back; mean and biased variance `[channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or the image is smaller than a window.
 */
export function batchNormReluMaxPool({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'scale' | 'offset', BatchNormAttributes>): TensorInfo[] {
  const { x, scale, offset } = inputs;
  const { rows, channels } = rowsOf('batchNormReluMaxPool', x, { scale, offset });
  const pooled = pooledShape('batchNormReluMaxPool', x);
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(pooled, 'float32');
  const argmax = runtime.makeOutput(pooled, 'int32');
  const mean = runtime.makeOutput([channels], 'float32');
  const variance = runtime.makeOutput([channels], 'float32');
  const { address } = runtime;
  const [from, to, where, centre, shift] = addresses(runtime, x, y, argmax, mean, offset);
  writeMoments(runtime, from, rows, channels, centre, address(variance));
  const kernel = channels <= fewToPool ? 'normaliseReluPoolAcross' : 'normaliseReluPool';
  withSlopes(runtime, { scale, variance }, attrs.epsilon, (slopes) =>
    runtime.forEach(
      kernel,
      partsOfImages(x).map(({ count, whole, pooled }) => [
        from + whole,
        to + pooled,
        where + pooled,
        count,
        ...imageSize(x),
        centre,
        slopes,
        shift,
      ]),
    ),
  );
  return [y, argmax, mean, variance];
}

/**
 * `MetadistillBatchNormReluMaxPoolEvaluation` on wasm: the same by given moments, without what a derivative needs.
 *
 * @returns y `[batch, ⌊height / 2⌋, ⌊width / 2⌋, channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or the image is smaller than a window.
 */
export function batchNormReluMaxPoolEvaluation({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'scale' | 'offset' | 'mean' | 'variance', BatchNormAttributes>): TensorInfo {
  const { x, ...perChannel } = inputs;
  const { channels } = rowsOf('batchNormReluMaxPoolEvaluation', x, perChannel);
  const pooled = pooledShape('batchNormReluMaxPoolEvaluation', x);
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(pooled, 'float32');
  const { address } = runtime;
  const { mean, offset } = perChannel;
  const kernel = channels <= fewToPool ? 'normaliseReluPoolValuesAcross' : 'normaliseReluPoolValues';
  withSlopes(runtime, perChannel, attrs.epsilon, (slopes) =>
    runtime.forEach(
      kernel,
      partsOfImages(x).map(({ count, whole, pooled }) => [
        address(x) + whole,
        address(y) + pooled,
        count,
        ...imageSize(x),
        address(mean),
        slopes,
        address(offset),
      ]),
    ),
  );
  return y;
}

/**
 * `MetadistillBatchNormReluMaxPoolGrad` on wasm: the vector-Jacobian product of `batchNormReluMaxPool`.
 *
 * @returns dx of x's shape, dScale and dOffset `[channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function batchNormReluMaxPoolGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'dy' | 'argmax' | 'scale' | 'mean' | 'variance', BatchNormAttributes>): TensorInfo[] {
  const { x, dy, argmax, scale, mean, variance } = inputs;
  const name = 'batchNormReluMaxPoolGrad';
  const { rows, channels } = rowsOf(name, x, { scale, mean, variance });
  const pooled = pooledShape(name, x);
  checkTensor(name, 'dy', dy, 'float32', 4);
  checkShape(name, 'dy', dy, pooled);
  checkTensor(name, 'argmax', argmax, 'int32', 4);
  checkShape(name, 'argmax', argmax, pooled);
  const runtime = runtimeOf(backend);
  const dx = runtime.makeOutput(x.shape, 'float32');
  const dScale = runtime.makeOutput([channels], 'float32');
  const dOffset = runtime.makeOutput([channels], 'float32');
  const kernel = channels <= fewToDerive ? 'winnerGradientAcross' : 'winnerGradient';
  const [g, where, from, to, centre] = addresses(runtime, dy, argmax, x, dx, mean);
  differentiateChannels(runtime, { scale, variance }, rows, attrs.epsilon, {
    reduce: (sums, products) =>
      addSums(runtime, {
        kernel: 'winnerSums',
        channels,
        count: x.shape[0] as number,
        costOfOne: 2 * imageFloats(x),
        sumsOfOne: pooled[1] as number,
        to: [sums, products],
        job: (part, [toSums, toProducts], step) => {
          const { count, whole, pooled: at } = imagesIn(x, part);
          const windows = [g + at, where + at, from + whole, count, ...imageSize(x)] as const;
          return [...windows, centre, toSums as number, toProducts as number, step];
        },
      }),
    tangents: collectGradients(runtime, dScale, dOffset),
    apply: (gSlopes, xSlopes, offsets) =>
      runtime.forEach(
        kernel,
        partsOfImages(x).map(({ count, whole, pooled: at }) => {
          const windows = [g + at, where + at, from + whole, to + whole, count, ...imageSize(x)] as const;
          return [...windows, centre, gSlopes, xSlopes, offsets];
        }),
      ),
  });
  return [dx, dScale, dOffset];
}

/**
 * `MetadistillBatchNormReluMaxPoolJvp` on wasm: the Jacobian-vector product of `batchNormReluMaxPool`.
 *
 * @returns dy of argmax's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function batchNormReluMaxPoolJvp({
  inputs,
  attrs,
  backend,
}: KernelCall<
  'x' | 'dx' | 'argmax' | 'scale' | 'dScale' | 'dOffset' | 'mean' | 'variance',
  BatchNormAttributes
>): TensorInfo {
  const { x, dx, argmax, scale, dScale, dOffset, mean, variance } = inputs;
  const name = 'batchNormReluMaxPoolJvp';
  const { rows, channels } = rowsOf(name, x, { scale, dScale, dOffset, mean, variance });
  const pooled = pooledShape(name, x);
  checkTensor(name, 'dx', dx, 'float32', 4);
  checkShape(name, 'dx', dx, x.shape);
  checkTensor(name, 'argmax', argmax, 'int32', 4);
  checkShape(name, 'argmax', argmax, pooled);
  const runtime = runtimeOf(backend);
  const dy = runtime.makeOutput(pooled, 'float32');
  const kernel = channels <= fewToDerive ? 'winnerTangentAcross' : 'winnerTangent';
  const [g, where, from, to, centre] = addresses(runtime, dx, argmax, x, dy, mean);
  differentiateChannels(runtime, { scale, variance }, rows, attrs.epsilon, {
    reduce: (sums, products) =>
      addCentred(runtime, { g, x: from, mean: centre, sums, products, rows, channels }),
    tangents: givenTangents(runtime, dScale, dOffset),
    apply: (gSlopes, xSlopes, offsets) =>
      runtime.forEach(
        kernel,
        partsOfImages(x).map(({ count, whole, pooled: at }) => {
          const windows = [g + whole, where + at, from + whole, to + at, count, ...imageSize(x)] as const;
          return [...windows, centre, gSlopes, xSlopes, offsets];
        }),
      ),
  });
  return dy;
}

type Five = [number, number, number, number, number];

const addresses = ({ address }: WasmRuntime, ...tensors: TensorInfo[]) => tensors.map(address) as Five;

const imageSize = (x: TensorInfo) => x.shape.slice(1) as [number, number, number];

const imageFloats = (x: TensorInfo): number => sizeOf(x.shape.slice(1));

/** Images, and the bytes before them in x and in what is pooled. */
interface PartOfImages {
  readonly count: number;
  readonly whole: number;
  readonly pooled: number;
}

function imagesIn(x: TensorInfo, { from, count }: Part): PartOfImages {
  const [height, width, channels] = imageSize(x);
  const pooled = Math.floor(height / 2) * Math.floor(width / 2) * channels;
  return { count, whole: 4 * from * imageFloats(x), pooled: 4 * from * pooled };
}

/** Images for each thread in turn. */
const partsOfImages = (x: TensorInfo): PartOfImages[] =>
  partsOf(x.shape[0] as number, 8 * imageFloats(x)).map((part) => imagesIn(x, part));

function pooledShape(kernel: string, x: TensorInfo): number[] {
  const [batch, height = 0, width = 0, channels] = x.shape as [number, number, number, number];
  if (x.shape.length !== 4 || height < 2 || width < 2) {
    throw new RangeError(
      `${kernel}: x has shape ${shown(x.shape)}; expected [batch, height, width, channels] of at least 2 × 2.`,
    );
  }
  return [batch, Math.floor(height / 2), Math.floor(width / 2), channels];
}
