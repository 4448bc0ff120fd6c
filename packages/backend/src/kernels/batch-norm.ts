import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../wasm/wasm-runtime.js';
import { checkShape, checkTensor, shown, sizeOf } from './checks.js';
import type { KernelCall } from './kernel-call.js';

/** Attributes of the batch-norm kernels. */
export interface BatchNormAttributes {
  /** Added to the variance; >= 0. */
  readonly epsilon: number;
}

/**
 * `MetadistillBatchNormTraining` on wasm: y = scale · x̂ + offset with x̂ = (x − mean) / √(variance + ε), where mean
 * and biased variance are those of each channel over all other axes.
 *
 * `x` is float32 `[..., channels]`, `scale` and `offset` are `[channels]`.
 *
 * @returns y of x's shape, mean and variance `[channels]`.
 * @throws TypeError or RangeError where dtypes or shapes do not fit, or x is empty.
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
  const { kernels, address, floats } = runtime;
  kernels.moments(address(x), rows, channels, address(mean), address(variance));
  runtime.withScratch(4 * channels, (slopes) => {
    const scales = floats(address(scale), channels);
    const deviations = inverseDeviations(runtime, variance, attrs.epsilon);
    floats(slopes, channels).set(deviations.map((inverse, c) => (scales[c] as number) * inverse));
    kernels.normalise(address(x), address(y), rows, channels, address(mean), slopes, address(offset));
  });
  return [y, mean, variance];
}

/**
 * `MetadistillBatchNormTrainingGrad` on wasm: the vector-Jacobian product of `batchNormTraining`.
 *
 * dOffset = Σ dy, dScale = Σ dy · x̂, dx = scale / √(variance + ε) · (dy − dOffset / n − x̂ · dScale / n), sums over
 * the n rows of a channel.
 *
 * @returns dx of x's shape, dScale and dOffset `[channels]`.
 * @throws TypeError or RangeError where dtypes or shapes do not fit, or x is empty.
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
  differentiate(runtime, { g: dy, x, scale, mean, variance, out: dx }, rows, channels, attrs.epsilon, (c) => {
    runtime.floats(runtime.address(dOffset), channels)[c.channel] = c.sum;
    runtime.floats(runtime.address(dScale), channels)[c.channel] = c.product * c.inverse;
    return { scaleTangent: 0, offsetTangent: 0 };
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
 * @throws TypeError or RangeError where dtypes or shapes do not fit, or x is empty.
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
  const scaleTangents = runtime.floats(runtime.address(dScale), channels).slice();
  const offsetTangents = runtime.floats(runtime.address(dOffset), channels).slice();
  differentiate(
    runtime,
    { g: dx, x, scale, mean, variance, out: dy },
    rows,
    channels,
    attrs.epsilon,
    (c) => ({
      scaleTangent: scaleTangents[c.channel] as number,
      offsetTangent: offsetTangents[c.channel] as number,
    }),
  );
  return dy;
}

/** Σ g and Σ g·(x − mean) of a channel, and its 1 / √(variance + ε). */
interface ChannelSums {
  readonly channel: number;
  readonly sum: number;
  readonly product: number;
  readonly inverse: number;
}

/**
 * out = scaleTangent · x̂ + offsetTangent + scale · inverse · (g − Σ g / n − x̂ · Σ(g · x̂) / n), written as one affine
 * map of g and x − mean a channel. `tangents` is shown each channel's sums and tells its tangents.
 */
function differentiate(
  runtime: WasmRuntime,
  tensors: Readonly<Record<'g' | 'x' | 'scale' | 'mean' | 'variance' | 'out', TensorInfo>>,
  rows: number,
  channels: number,
  epsilon: number,
  tangents: (sums: ChannelSums) => { readonly scaleTangent: number; readonly offsetTangent: number },
): void {
  const { kernels, floats, address } = runtime;
  const { g, x, scale, mean, variance, out } = tensors;
  const bytes = 4 * channels;
  runtime.withScratch(5 * bytes, (scratch) => {
    const [sums, products, gSlopes, xSlopes, offsets] = [0, 1, 2, 3, 4].map((i) => scratch + i * bytes) as [
      number,
      number,
      number,
      number,
      number,
    ];
    kernels.centredSums(address(g), address(x), rows, channels, address(mean), sums, products);
    const scales = floats(address(scale), channels);
    for (const [channel, inverse] of inverseDeviations(runtime, variance, epsilon).entries()) {
      const sum = floats(sums, channels)[channel] as number;
      const product = floats(products, channels)[channel] as number;
      const { scaleTangent, offsetTangent } = tangents({ channel, sum, product, inverse });
      const gSlope = (scales[channel] as number) * inverse;
      floats(gSlopes, channels)[channel] = gSlope;
      floats(xSlopes, channels)[channel] = inverse * (scaleTangent - (gSlope * product * inverse) / rows);
      floats(offsets, channels)[channel] = offsetTangent - (gSlope * sum) / rows;
    }
    kernels.normaliseDerivative(
      address(g),
      address(x),
      address(out),
      rows,
      channels,
      address(mean),
      gSlopes,
      xSlopes,
      offsets,
    );
  });
}

/** 1 / √(variance + ε) of each channel, in float64. */
function inverseDeviations(
  { floats, address }: WasmRuntime,
  variance: TensorInfo,
  epsilon: number,
): number[] {
  const values = floats(address(variance), sizeOf(variance.shape));
  return Array.from(values, (value) => 1 / Math.sqrt(value + epsilon));
}

/** x as rows of channels, where every tensor of `perChannel` has one value a channel. */
function rowsOf(
  kernel: string,
  x: TensorInfo,
  perChannel: Readonly<Record<string, TensorInfo>>,
): { readonly rows: number; readonly channels: number } {
  checkTensor(kernel, 'x', x, 'float32');
  const channels = x.shape.at(-1) ?? 0;
  const size = sizeOf(x.shape);
  if (size === 0 || channels === 0) {
    throw new RangeError(`${kernel}: x has shape ${shown(x.shape)}; expected [..., channels], not empty.`);
  }
  for (const [name, tensor] of Object.entries(perChannel)) {
    checkTensor(kernel, name, tensor, 'float32', 1);
    checkShape(kernel, name, tensor, [channels]);
  }
  return { rows: size / channels, channels };
}
