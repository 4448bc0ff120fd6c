import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkNumbers, checkShape, checkTensor, shown, sizeOf } from '../call/checks.js';

/** Attributes of the batch-norm kernels. */
export interface BatchNormAttributes {
  /** Added to the variance; >= 0. */
  readonly epsilon: number;
}

/** Σ g and Σ g·(x − mean) of a channel over its n rows, and its 1 / √(variance + ε). */
export interface ChannelSums {
  readonly channel: number;
  readonly sum: number;
  readonly product: number;
  readonly inverse: number;
}

/** What the derivatives of batch norm differ in; addresses are of one float per channel. */
export interface ChannelDerivative {
  /** Writes Σ g and Σ g·(x − mean). */
  readonly reduce: (sums: number, products: number) => void;
  /** Makes a function from a channel's sums to its tangents of scale and offset, which allocates nothing on the heap. */
  readonly tangents: () => (sums: ChannelSums) => {
    readonly scaleTangent: number;
    readonly offsetTangent: number;
  };
  /** Writes g · gSlope + (x − mean) · xSlope + offset. */
  readonly apply: (gSlopes: number, xSlopes: number, offsets: number) => void;
}

/**
 * scaleTangent · x̂ + offsetTangent + scale · inverse · (g − Σ g / n − x̂ · Σ(g · x̂) / n), written as one affine map of g
 * and x − mean per channel.
 *
 * With tangents of zero it is the gradient by x. It also is the directional derivative, since x ↦ x̂ has a
 * symmetric Jacobian.
 */
export function differentiateChannels(
  runtime: WasmRuntime,
  { scale, variance }: Readonly<Record<'scale' | 'variance', TensorInfo>>,
  rows: number,
  epsilon: number,
  { reduce, tangents, apply }: ChannelDerivative,
): void {
  const { floats, address } = runtime;
  checkNumbers('batchNorm', { epsilon });
  const channels = sizeOf(scale.shape);
  const bytes = 4 * channels;
  runtime.withScratch(5 * bytes, (sums) => {
    const products = sums + bytes;
    const [gSlopes, xSlopes, offsets] = [products + bytes, products + 2 * bytes, products + 3 * bytes];
    reduce(sums, products);
    const tangentsOf = tangents();
    const scales = floats(address(scale), channels);
    const [sumOf, productOf] = [floats(sums, channels), floats(products, channels)];
    const [gSlope, xSlope, offset] = [
      floats(gSlopes, channels),
      floats(xSlopes, channels),
      floats(offsets, channels),
    ];
    const variances = floats(address(variance), channels);
    for (let channel = 0; channel < channels; channel++) {
      const inverse = inverseDeviation(variances[channel] as number, epsilon);
      const sum = sumOf[channel] as number;
      const product = productOf[channel] as number;
      const { scaleTangent, offsetTangent } = tangentsOf({ channel, sum, product, inverse });
      const slope = (scales[channel] as number) * inverse;
      gSlope[channel] = slope;
      xSlope[channel] = inverse * (scaleTangent - (slope * product * inverse) / rows);
      offset[channel] = offsetTangent - (slope * sum) / rows;
    }
    apply(gSlopes, xSlopes, offsets);
  });
}

type Two = [Float32Array, Float32Array];

/** The values of two tensors by channel: views, for as long as nothing is allocated. */
const perChannel = ({ floats, address }: WasmRuntime, scale: TensorInfo, offset: TensorInfo): Two =>
  [scale, offset].map((of) => floats(address(of), sizeOf(of.shape))) as Two;

/** Writes dOffset = Σ g and dScale = Σ g · x̂ as they become known; the tangents are zero. */
export const collectGradients =
  (runtime: WasmRuntime, dScale: TensorInfo, dOffset: TensorInfo): ChannelDerivative['tangents'] =>
  () => {
    const [scales, offsets] = perChannel(runtime, dScale, dOffset);
    return ({ channel, sum, product, inverse }) => {
      offsets[channel] = sum;
      scales[channel] = product * inverse;
      return { scaleTangent: 0, offsetTangent: 0 };
    };
  };

/** The tangents that two tensors hold. */
export const givenTangents =
  (runtime: WasmRuntime, dScale: TensorInfo, dOffset: TensorInfo): ChannelDerivative['tangents'] =>
  () => {
    const [scales, offsets] = perChannel(runtime, dScale, dOffset);
    return ({ channel }) => ({
      scaleTangent: scales[channel] as number,
      offsetTangent: offsets[channel] as number,
    });
  };

/** Scratch with scale / √(variance + ε) of each channel, in which y = (x − mean) · slope + offset. */
export function withSlopes(
  runtime: WasmRuntime,
  { scale, variance }: Readonly<Record<'scale' | 'variance', TensorInfo>>,
  epsilon: number,
  body: (slopes: number) => void,
): void {
  checkNumbers('batchNorm', { epsilon });
  const channels = sizeOf(scale.shape);
  runtime.withScratch(4 * channels, (slopes) => {
    const scales = runtime.floats(runtime.address(scale), channels);
    const variances = runtime.floats(runtime.address(variance), channels);
    const written = runtime.floats(slopes, channels);
    for (let c = 0; c < channels; c++) {
      written[c] = (scales[c] as number) * inverseDeviation(variances[c] as number, epsilon);
    }
    body(slopes);
  });
}

/** 1 / √(variance + ε), in float64. */
const inverseDeviation = (variance: number, epsilon: number): number => 1 / Math.sqrt(variance + epsilon);

/**
 * x as rows of channels; checks that every tensor of `perChannel` has one value per channel.
 *
 * @throws TypeError or RangeError if dtypes or shapes do not fit, or x is empty.
 */
export function rowsOf(
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
