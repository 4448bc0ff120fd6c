import {
  add,
  backend_util,
  clone,
  engine,
  type GradConfig,
  mul,
  neg,
  pow,
  reshape,
  rsqrt,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { fused } from './fused.js';

/**
 * The gradient of y = (x − mean) / √(variance + ε) · scale + offset by given moments, each `[channels]` or of x's rank:
 *
 * dx = dy · s, dOffset = Σ dy, dMean = −s Σ dy, dScale = Σ dy · (x − mean) / √(variance + ε) and
 * dVariance = −s / (2 (variance + ε)) · Σ dy · (x − mean), with s = scale / √(variance + ε).
 *
 * Without a scale, that is 1.
 *
 * TensorFlow.js' own repeats the deviations in the shape of x, and passes over x a dozen times.
 */
const givenMoments: GradConfig = {
  kernelName: 'FusedBatchNorm',
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (cotangent, [x, mean, variance, scale], attributes) => {
    const dy = cotangent as Tensor;
    const { varianceEpsilon } = attributes as { varianceEpsilon: number };
    const inverse = rsqrt(add(variance!, varianceEpsilon));
    const slope = scale ? mul(scale, inverse) : inverse;
    // Not within the functions: what one of these makes is disposed of before the next is called.
    const [sums, products] = sumsOf(dy, x!, mean!);
    return {
      x: () => mul(dy, slope),
      mean: () => neg(mul(slope, sums)),
      variance: () => mul(mul(slope, products), mul(pow(inverse, 2), -0.5)),
      scale: () => mul(inverse, products),
      offset: () => clone(sums),
    };
  },
};

/** Σ dy and Σ dy · (x − mean) in the shape of the mean. */
function sumsOf(dy: Tensor, x: Tensor, mean: Tensor): readonly [Tensor, Tensor] {
  const perChannel = mean.rank === 1 && fused('MetadistillCentredSums', { x, dy, mean });
  if (perChannel) return perChannel as [Tensor, Tensor];
  const axes = backend_util.getReductionAxes(mean.shape, x.shape);
  const summed = (terms: Tensor) => reshape(axes.length > 0 ? sum(terms, axes) : terms, mean.shape);
  return [summed(dy), summed(mul(dy, sub(x, mean)))];
}

/**
 * The gradient of our kernel of batch norm in training mode, by y only: what keeps running statistics of the moments is not
 * differentiated.
 */
const ownMoments: GradConfig = {
  kernelName: 'MetadistillBatchNormTraining',
  inputsToSave: ['x', 'scale'],
  outputsToSave: [false, true, true],
  gradFunc: (cotangents, [x, scale, mean, variance], attributes) => {
    const [dy] = cotangents as Tensor[];
    const inputs = { x: x!, dy: dy!, scale: scale!, mean: mean!, variance: variance! };
    const [dx, dScale, dOffset] = engine().runKernel(
      'MetadistillBatchNormTrainingGrad',
      inputs,
      attributes,
    ) as Tensor[];
    return { x: () => dx!, scale: () => dScale!, offset: () => dOffset! };
  },
};

export const batchNormGradients: readonly GradConfig[] = [givenMoments, ownMoments];
