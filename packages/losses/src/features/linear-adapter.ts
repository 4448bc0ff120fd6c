import {
  matMul,
  type Rank,
  reshape,
  type Scalar,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { FeatureLoss } from './types.js';

/** A loss of adapted features, with its derivatives by the features and by the adapter. */
export interface AdaptedLoss {
  readonly value: Scalar;
  /** By the student's features, in their shape. */
  readonly gradient: Tensor;
  /** By the adapter's weight, `[studentChannels, teacherChannels]`. */
  readonly adapterGradient: Tensor2D;
}

/**
 * Applies a feature loss after a linear map of the student's last axis, r(f) = f W: a 1×1 convolution without bias.
 *
 * The chain rule gives ∂/∂f = g Wᵀ and ∂/∂W = Σ fᵀg over all positions, g the loss's derivative by r. The adapter is
 * trained beside the student and thrown away afterwards.
 *
 * @param adapterWeight `[studentChannels, teacherChannels]`, borrowed.
 * @returns tensors that belong to the caller.
 * @throws RangeError if the features' last axis is not studentChannels long.
 * @see Romero et al. (2015), FitNets, section 2.2: the regressor.
 */
export function linearAdapter(
  loss: FeatureLoss,
  studentFeatures: Tensor,
  teacherFeatures: Tensor,
  adapterWeight: Tensor2D,
): AdaptedLoss {
  const [inputs, outputs] = adapterWeight.shape;
  if (studentFeatures.shape.at(-1) !== inputs) {
    throw new RangeError(
      `linearAdapter: adapterWeight has shape [${adapterWeight.shape}]; expected ${studentFeatures.shape.at(-1)} rows, ` +
        'one per channel of studentFeatures.',
    );
  }
  return tidy(() => {
    const flat = reshape<Rank.R2>(studentFeatures, [-1, inputs]);
    const adapted = reshape(matMul(flat, adapterWeight), [...studentFeatures.shape.slice(0, -1), outputs]);
    const { value, gradient } = loss.valueAndGradient(adapted, teacherFeatures);
    const cotangent = reshape<Rank.R2>(gradient, [-1, outputs]);
    return {
      value,
      gradient: reshape(matMul(cotangent, transpose(adapterWeight)), studentFeatures.shape),
      adapterGradient: matMul<Tensor2D>(transpose(flat), cotangent),
    };
  });
}
