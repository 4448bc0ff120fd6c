import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { partsOf } from '../call/split.js';
import {
  type BatchNormAttributes,
  collectGradients,
  differentiateChannels,
  givenTangents,
  rowsOf,
  withSlopes,
} from './batch-norm-channels.js';
import { addCentred } from './centred-sums.js';
import { writeMoments } from './reduce-rows.js';

/**
 * `MetadistillBatchNormTraining` on wasm: y = scale · x̂ + offset with x̂ = (x − mean) / √(variance + ε); mean
 * and biased variance are those of each channel over all other axes.
 *
 * `x` is float32 `[..., channels]`, `scale` and `offset` are `[channels]`.
 *
 * @returns y of x's shape, mean and variance `[channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function batchNormTraining({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'scale' | 'offset', BatchNormAttributes>): TensorInfo[] {
  const { x, scale, offset } = inputs;
  const { rows, channels } = rowsOf('batchNormTraining', x, { scale, offset });
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(x.shape, 'float32');
  const mean = runtime.makeOutput([channels], 'float32');
  const variance = runtime.makeOutput([channels], 'float32');
  const { address } = runtime;
  writeMoments(runtime, address(x), rows, channels, address(mean), address(variance));
  withSlopes(runtime, { scale, variance }, attrs.epsilon, (slopes) =>
    normaliseRows(runtime, x, y, [address(mean), slopes, address(offset)]),
  );
  return [y, mean, variance];
}

/**
 * `MetadistillBatchNormEvaluation` on wasm: scale · (x − mean) / √(variance + ε) + offset by given moments.
 *
 * `x` is float32 `[..., channels]`, all else `[channels]`.
 *
 * @returns y of x's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function batchNormEvaluation({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'scale' | 'offset' | 'mean' | 'variance', BatchNormAttributes>): TensorInfo {
  const { x, ...perChannel } = inputs;
  rowsOf('batchNormEvaluation', x, perChannel);
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(x.shape, 'float32');
  const { address } = runtime;
  const { mean, offset } = perChannel;
  withSlopes(runtime, perChannel, attrs.epsilon, (slopes) =>
    normaliseRows(runtime, x, y, [address(mean), slopes, address(offset)]),
  );
  return y;
}

/**
 * `MetadistillBatchNormTrainingGrad` on wasm: the vector-Jacobian product of `batchNormTraining`.
 *
 * dOffset = Σ dy, dScale = Σ dy · x̂, dx = scale / √(variance + ε) · (dy − dOffset / n − x̂ · dScale / n), sums over
 * the n rows of a channel.
 *
 * @returns dx of x's shape, dScale and dOffset `[channels]`.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function batchNormTrainingGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'x' | 'dy' | 'scale' | 'mean' | 'variance', BatchNormAttributes>): TensorInfo[] {
  const { x, dy, scale, mean, variance } = inputs;
  const { rows, channels } = rowsOf('batchNormTrainingGrad', x, { scale, mean, variance });
  checkTensor('batchNormTrainingGrad', 'dy', dy, 'float32');
  checkShape('batchNormTrainingGrad', 'dy', dy, x.shape);
  const runtime = runtimeOf(backend);
  const dx = runtime.makeOutput(x.shape, 'float32');
  const dScale = runtime.makeOutput([channels], 'float32');
  const dOffset = runtime.makeOutput([channels], 'float32');
  const { address } = runtime;
  const [g, from, to, centre] = [dy, x, dx, mean].map(address) as [number, number, number, number];
  differentiateChannels(runtime, { scale, variance }, rows, attrs.epsilon, {
    reduce: (sums, products) =>
      addCentred(runtime, { g, x: from, mean: centre, sums, products, rows, channels }),
    tangents: collectGradients(runtime, dScale, dOffset),
    apply: (gSlopes, xSlopes, offsets) =>
      deriveRows(runtime, { g, x: from, out: to, rows, channels }, [centre, gSlopes, xSlopes, offsets]),
  });
  return [dx, dScale, dOffset];
}

/**
 * `MetadistillBatchNormTrainingJvp` on wasm: the Jacobian-vector product of `batchNormTraining`.
 *
 * dy = dScale · x̂ + dOffset + scale / √(variance + ε) · (dx − Σ dx / n − x̂ · Σ(dx · x̂) / n): but for the tangents of
 * scale and offset the same map as the gradient, since x ↦ x̂ has a symmetric Jacobian.
 *
 * @returns dy of x's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function batchNormTrainingJvp({
  inputs,
  attrs,
  backend,
}: KernelCall<
  'x' | 'dx' | 'scale' | 'dScale' | 'dOffset' | 'mean' | 'variance',
  BatchNormAttributes
>): TensorInfo {
  const { x, dx, scale, dScale, dOffset, mean, variance } = inputs;
  const { rows, channels } = rowsOf('batchNormTrainingJvp', x, { scale, dScale, dOffset, mean, variance });
  checkTensor('batchNormTrainingJvp', 'dx', dx, 'float32');
  checkShape('batchNormTrainingJvp', 'dx', dx, x.shape);
  const runtime = runtimeOf(backend);
  const dy = runtime.makeOutput(x.shape, 'float32');
  const { address } = runtime;
  const [g, from, to, centre] = [dx, x, dy, mean].map(address) as [number, number, number, number];
  differentiateChannels(runtime, { scale, variance }, rows, attrs.epsilon, {
    reduce: (sums, products) =>
      addCentred(runtime, { g, x: from, mean: centre, sums, products, rows, channels }),
    tangents: givenTangents(runtime, dScale, dOffset),
    apply: (gSlopes, xSlopes, offsets) =>
      deriveRows(runtime, { g, x: from, out: to, rows, channels }, [centre, gSlopes, xSlopes, offsets]),
  });
  return dy;
}

/** y = (x − mean) · slope + offset. */
function normaliseRows(
  { address, forEach }: WasmRuntime,
  x: TensorInfo,
  y: TensorInfo,
  perChannel: readonly [mean: number, slope: number, offset: number],
): void {
  const channels = x.shape.at(-1) as number;
  forEach(
    'normalise',
    partsOf(sizeOf(x.shape) / channels, 8 * channels).map(({ from, count }) => {
      const at = 4 * from * channels;
      return [address(x) + at, address(y) + at, count, channels, ...perChannel];
    }),
  );
}

/** out = g · gSlope + (x − mean) · xSlope + offset. */
function deriveRows(
  { forEach }: WasmRuntime,
  { g, x, out, rows, channels }: Readonly<Record<'g' | 'x' | 'out' | 'rows' | 'channels', number>>,
  perChannel: readonly [mean: number, gSlope: number, xSlope: number, offset: number],
): void {
  forEach(
    'normaliseDerivative',
    partsOf(rows, 12 * channels).map(({ from, count }) => {
      const at = 4 * from * channels;
      return [g + at, x + at, out + at, count, channels, ...perChannel];
    }),
  );
}
