import {
  add,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { scoped } from '../scoped.js';
import { runFused } from './run-fused.js';

/** A batch's moments, `[channels]` each: μ, and σ² divided by the number of values. */
export interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** γ and β of y = γ x̂ + β, or tangents of them; `[channels]` each. */
export interface ScaleAndOffset {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
}

/**
 * y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), where μ and σ² are the mean and biased variance of each channel, the
 * last axis, over everything else.
 */
export function batchNormTraining(
  x: Tensor,
  { scale, offset }: ScaleAndOffset,
  epsilon: number,
): Moments & { readonly output: Tensor } {
  const fused = runFused('MetadistillBatchNormTraining', { x, scale, offset }, { epsilon });
  if (fused) {
    const [output, mean, variance] = fused as [Tensor, Tensor1D, Tensor1D];
    return { output, mean, variance };
  }
  return scoped(() => {
    const rows = toRows(x);
    const batchMean = mean(rows, 0) as Tensor1D;
    const centred = sub(rows, batchMean);
    const variance = mean(square(centred), 0) as Tensor1D;
    const output = add(mul(centred, mul(scale, inverseDeviation(variance, epsilon))), offset);
    return { output: reshape(output, x.shape), mean: batchMean, variance };
  });
}

/**
 * Jᵀ dy with μ and σ² as functions of x (Ioffe and Szegedy 2015, section 3):
 * dx = γ/σ (dy − mean(dy) − x̂ mean(dy x̂)), dγ = Σ dy x̂, dβ = Σ dy.
 */
export function batchNormTrainingGradient(
  x: Tensor,
  dy: Tensor,
  scale: Tensor1D,
  { mean, variance }: Moments,
  epsilon: number,
): ScaleAndOffset & { readonly input: Tensor } {
  const inputs = { x, dy, scale, mean, variance };
  const fused = runFused('MetadistillBatchNormTrainingGrad', inputs, { epsilon });
  if (fused) {
    const [input, dScale, dOffset] = fused as [Tensor, Tensor1D, Tensor1D];
    return { input, scale: dScale, offset: dOffset };
  }
  return scoped(() => {
    const upstream = toRows(dy);
    const deviation = inverseDeviation(variance, epsilon);
    const normalised = mul(sub(toRows(x), mean), deviation);
    const dScale = sum(mul(upstream, normalised), 0) as Tensor1D;
    const dOffset = sum(upstream, 0) as Tensor1D;
    const perValue = 1 / upstream.shape[0];
    const throughMoments = add(mul(dOffset, perValue), mul(normalised, mul(dScale, perValue)));
    const input = mul(sub(upstream, throughMoments), mul(scale, deviation));
    return { input: reshape(input, x.shape), scale: dScale, offset: dOffset };
  });
}

/**
 * J(dx, dγ, dβ) with μ and σ² as functions of x: dy = γ/σ (dx − mean(dx) − x̂ mean(dx x̂)) + dγ x̂ + dβ.
 * The matrix between x and x̂ is symmetric, so that its tangent and its gradient read alike.
 */
export function batchNormTrainingTangent(
  x: Tensor,
  dx: Tensor,
  scale: Tensor1D,
  tangents: ScaleAndOffset,
  { mean: batchMean, variance }: Moments,
  epsilon: number,
): Tensor {
  const { scale: dScale, offset: dOffset } = tangents;
  const inputs = { x, dx, scale, dScale, dOffset, mean: batchMean, variance };
  const fused = runFused('MetadistillBatchNormTrainingJvp', inputs, { epsilon });
  if (fused) return fused[0]!;
  return scoped(() => {
    const tangent = toRows(dx);
    const deviation = inverseDeviation(variance, epsilon);
    const normalised = mul(sub(toRows(x), batchMean), deviation);
    const throughMoments = add(mean(tangent, 0), mul(normalised, mean(mul(tangent, normalised), 0)));
    const ofInput = mul(sub(tangent, throughMoments), mul(scale, deviation));
    return reshape(add(ofInput, add(mul(normalised, dScale), dOffset)), x.shape);
  });
}

/** 1 / √(σ² + ε), `[channels]`. */
export const inverseDeviation = (variance: Tensor1D, epsilon: number): Tensor1D =>
  rsqrt(add(variance, epsilon));

/** `[values, channels]`: everything but the last axis in one. */
export const toRows = (x: Tensor): Tensor2D => reshape(x, [-1, x.shape.at(-1) as number]);
