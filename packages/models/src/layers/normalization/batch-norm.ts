import { checkOptions, describeValue } from '@metadistill/options';
import { add, mul, ones, sub, sum, type Tensor, type Tensor1D, tidy, zeros } from '@tensorflow/tfjs-core';
import { axpby } from '../../kernels/axpby.js';
import { batchNormEvaluation } from '../../kernels/batch-norm-evaluation.js';
import {
  batchNormTraining,
  batchNormTrainingGradient,
  batchNormTrainingTangent,
  inverseDeviation,
  type Moments,
  type ScaleAndOffset,
  toRows,
} from '../../kernels/batch-norm-training.js';
import { noteZeroSums } from '../../kernels/per-channel.js';
import { scoped } from '../../scoped.js';
import { expectLastAxis, expectPositiveIntegers, sizeOf } from '../../shapes.js';
import type { Layer, LayerOptions, Mode, OpaqueCache, Tensors } from '../../types.js';
import { chain } from '../containers/chain.js';
import { opaque } from '../rules/opaque.js';
import { reshape } from '../shape/reshape.js';
import { type BatchNormBackward, batchNormPullBack } from './batch-norm-second-order.js';
import { expectEpsilon } from './expect-epsilon.js';

export interface BatchNormOptions extends LayerOptions {
  /** Length of the last axis. */
  readonly channels: number;
  /** How far the running statistics move to the batch's, 0..1: 1 minus the momentum of Keras. Default 0.1. */
  readonly momentum?: number;
  /**
   * Which variance of a batch the running one moves to: `unbiased` as in PyTorch, divided by one less than the number of
   * values, or `biased` as in Keras, divided by their number. Default `unbiased`.
   */
  readonly movingVariance?: 'biased' | 'unbiased';
  /** ε under the root. Default 1e-5. */
  readonly epsilon?: number;
}

/** All options of `batchNorm`, which `batchNormReluPool` shares. */
export const batchNormOptions = {
  channels: true,
  momentum: true,
  movingVariance: true,
  epsilon: true,
  name: true,
} as const;

/** The input and the moments that it was normalised by. */
export interface BatchNormCache extends Moments {
  readonly x: Tensor;
  readonly mode: Mode;
}

/**
 * Batch normalisation over all axes but the last, y = γ (x − μ) / √(σ² + ε) + β; parameters `weight` γ and `bias` β,
 * statistics `runningMean` and `runningVariance`, all `[channels]`.
 *
 * Training normalises by the batch's mean and biased variance and moves the running statistics to the mean and, as in
 * PyTorch, the unbiased variance, r ← (1 − m) r + m s; evaluation normalises by the running ones. `vjp` and `jvp`
 * differentiate through the batch's statistics in training, and never move the running ones. For what Keras computes,
 * give 1 − its momentum, `movingVariance: 'biased'` and its `epsilon`, 1e-3 by default.
 *
 * @see Ioffe and Szegedy, Batch Normalization (2015).
 * @throws RangeError if `channels` is not a positive integer, momentum is outside [0, 1], ε is negative or
 *   `movingVariance` is none; in training with one value per channel, whose variance is not known.
 */
export function batchNorm(options: BatchNormOptions): Layer<OpaqueCache<'batchNorm'>> {
  checkOptions('batchNorm', options, batchNormOptions);
  const { channels, epsilon = 1e-5, name = 'batchNorm' } = options;
  expectOptions(name, options);
  const outputShape = (inputShape: readonly number[]) => {
    expectLastAxis(name, inputShape, channels, 'Correct channels or the layer before.');
    return inputShape;
  };
  const spec = (specName: string) => ({ name: specName, shape: [channels] });
  const layer: Omit<Layer<BatchNormCache>, 'secondOrder'> = {
    name,
    parameters: [spec('weight'), spec('bias')],
    statistics: [spec('runningMean'), spec('runningVariance')],
    outputShape,

    initialize: () => ({
      parameters: [ones([channels]), zeros([channels])],
      statistics: [zeros([channels]), ones([channels])],
    }),

    forward({ parameters, statistics }, x, mode) {
      outputShape(x.shape.slice(1));
      const [scale, offset] = pair(parameters);
      const [runningMean, runningVariance] = pair(statistics);
      if (mode === 'evaluation') {
        const cache = { x, mode, mean: runningMean, variance: runningVariance };
        return { output: batchNormEvaluation(x, { scale, offset }, cache, epsilon), cache, statistics };
      }
      expectKnownVariance(name, x, options);
      const { output, mean, variance } = batchNormTraining(x, { scale, offset }, epsilon);
      const moved = movedStatistics(statistics, { mean, variance }, x, options);
      return { output, cache: { x, mode, mean, variance }, statistics: moved };
    },

    vjp({ parameters }, cache, cotangent, wantInput) {
      const [scale] = pair(parameters);
      return scoped(() => {
        const gradient = gradientOf(cache, cotangent, scale, epsilon);
        return {
          parameters: [gradient.scale, gradient.offset],
          input: wantInput ? gradient.input : undefined,
        };
      });
    },

    jvp({ parameters }, cache, parameterTangents, inputTangent) {
      const [scale] = pair(parameters);
      const [dScale, dOffset] = pair(parameterTangents);
      return tidy(() => {
        const tangents = { scale: dScale, offset: dOffset };
        if (cache.mode === 'training' && inputTangent !== undefined) {
          return batchNormTrainingTangent(cache.x, inputTangent, scale, tangents, cache, epsilon);
        }
        const ofParameters = batchNormEvaluation(cache.x, tangents, cache, epsilon);
        if (inputTangent === undefined) return ofParameters;
        const slope = mul(scale, inverseDeviation(cache.variance, epsilon));
        return add(ofParameters, mul(inputTangent, slope));
      });
    },
  };
  return opaque({
    ...layer,

    keras(inputShape) {
      // Of more axes, tfjs-layers normalises none.
      if (inputShape.length > 3) {
        const rows = [sizeOf(inputShape.slice(0, -1)), channels];
        return chain([
          reshape({ shape: rows }),
          batchNorm({ ...options, name: '' }),
          reshape({ shape: inputShape }),
        ]);
      }
      // Keras' momentum is the share that stays.
      return {
        factory: 'batchNormalization',
        config: { momentum: 1 - (options.momentum ?? 0.1), epsilon },
      };
    },

    secondOrder: (weights, cache: BatchNormCache, cotangent, wantInput) => ({
      ...layer.vjp(weights, cache, cotangent, wantInput),
      along(parameterTangents, inputTangent) {
        const [scale] = pair(weights.parameters);
        const [scaleTangent] = pair(parameterTangents);
        const pass = batchNormBackward(cache, cotangent, scale, epsilon);
        return {
          output: layer.jvp(weights, cache, parameterTangents, inputTangent),
          pullBack: (cotangentTangent) =>
            scoped(() => {
              const tangents = { scale: scaleTangent, input: inputTangent, cotangent: cotangentTangent };
              const { parameters, input } = batchNormPullBack(pass, tangents);
              return { parameters, input: wantInput ? input : undefined };
            }),
        };
      },
    }),
  });
}

/** A backward pass as its own derivatives need it. */
export const batchNormBackward = (
  cache: BatchNormCache,
  cotangent: Tensor,
  scale: Tensor1D,
  epsilon: number,
): BatchNormBackward => ({
  ...cache,
  cotangent,
  scale,
  epsilon,
  isTraining: cache.mode === 'training',
  gradient: (dy, by) => gradientOf(cache, dy, by, epsilon),
});

/**
 * Jᵀ dy in the mode that made the cache; its tensors live in the caller's `tidy`. In training the input's sums to zero in
 * each channel, since a constant that is added there moves the mean and nothing else: a bias before has no gradient.
 */
const gradientOf = (
  cache: BatchNormCache,
  dy: Tensor,
  scale: Tensor1D,
  epsilon: number,
): ScaleAndOffset & { readonly input: Tensor } =>
  cache.mode === 'training'
    ? throughMoments(batchNormTrainingGradient(cache.x, dy, scale, cache, epsilon))
    : evaluationGradient(cache, scale, dy, epsilon);

function throughMoments<Gradient extends { readonly input: Tensor }>(gradient: Gradient): Gradient {
  noteZeroSums(gradient.input);
  return gradient;
}

/** Jᵀ dy when the moments do not depend on x; its tensors live in the caller's `tidy`. */
function evaluationGradient(
  { x, mean, variance }: BatchNormCache,
  scale: Tensor1D,
  dy: Tensor,
  epsilon: number,
): ScaleAndOffset & { readonly input: Tensor } {
  const deviation = inverseDeviation(variance, epsilon);
  const upstream = toRows(dy);
  return {
    scale: mul(sum(mul(upstream, sub(toRows(x), mean)), 0), deviation),
    offset: sum(upstream, 0),
    input: mul(dy, mul(scale, deviation)),
  };
}

/** Running statistics moved to those of a batch. */
export function movedStatistics(
  running: Tensors,
  batch: Moments,
  x: Tensor,
  { channels, momentum = 0.1, movingVariance = 'unbiased' }: BatchNormOptions,
): Tensors {
  const values = x.size / channels;
  const correction = movingVariance === 'unbiased' ? values / (values - 1) : 1;
  return axpby(running, 1 - momentum, [batch.mean, batch.variance], [momentum, momentum * correction]);
}

/** In training, one value per channel has no unbiased variance. */
export function expectKnownVariance(
  name: string,
  x: Tensor,
  { channels, movingVariance = 'unbiased' }: BatchNormOptions,
): void {
  if (movingVariance === 'biased' || x.size > channels) return;
  throw new RangeError(
    `${name}: input has shape [${x.shape.join(', ')}], 1 value per channel; expected at least 2 in training. Use larger batches or evaluation mode.`,
  );
}

const pair = (tensors: Tensors) => tensors as unknown as readonly [Tensor1D, Tensor1D];

function expectOptions(
  name: string,
  { channels, momentum = 0.1, movingVariance = 'unbiased', epsilon = 1e-5 }: BatchNormOptions,
): void {
  expectPositiveIntegers(name, { channels });
  if (typeof momentum !== 'number' || !(momentum >= 0 && momentum <= 1)) {
    throw new RangeError(
      `${name}: momentum is ${describeValue(momentum)}; expected 0 to 1. PyTorch's default is 0.1.`,
    );
  }
  if (movingVariance !== 'biased' && movingVariance !== 'unbiased') {
    throw new RangeError(
      `${name}: movingVariance is ${describeValue(movingVariance)}; expected 'biased' or 'unbiased'.`,
    );
  }
  expectEpsilon(name, epsilon);
}
