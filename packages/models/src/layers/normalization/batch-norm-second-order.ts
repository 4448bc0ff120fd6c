import { add, mul, onesLike, reshape, sub, sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import {
  inverseDeviation,
  type Moments,
  type ScaleAndOffset,
  toRows,
} from '../../kernels/batch-norm-training.js';
import { noteZeroSums } from '../../kernels/per-channel.js';
import { scoped } from '../../scoped.js';
import type { Cotangents } from '../../types.js';

/** Where a batch norm's backward pass was made, and the pass itself: (dy, γ) -> (dx, dγ, dβ). */
export interface BatchNormBackward extends Moments {
  readonly x: Tensor;
  readonly cotangent: Tensor;
  readonly scale: Tensor1D;
  readonly epsilon: number;
  readonly isTraining: boolean;
  readonly gradient: (cotangent: Tensor, scale: Tensor1D) => ScaleAndOffset & { readonly input: Tensor };
}

/**
 * How the cotangents g(dy, γ) = (γ s P dy, Σ dy x̂, Σ dy) of y = γ x̂ + β move along (ẋ, γ̇) and dẏ, where
 * s = 1 / √(σ² + ε), and P dy = dy − mean(dy) − x̂ mean(dy x̂) in training, dy in evaluation.
 *
 * In training x̂ moves along s Pẋ and s along −s r, r = s mean(ẋ x̂), so that with dx = γ s P dy
 *
 *     dẋ = g(dẏ, γ) + g(dy, γ̇ − γ r) − γ s (x̂̇ mean(dy x̂) + x̂ mean(dy x̂̇)),   dγ̇ = Σ (dẏ x̂ + dy x̂̇),   dβ̇ = Σ dẏ.
 *
 * In evaluation x̂ moves along s ẋ, and r and the last bracket are zero.
 */
export const batchNormPullBack = (
  { x, cotangent, scale, mean, variance, epsilon, isTraining, gradient }: BatchNormBackward,
  tangents: { readonly scale: Tensor1D; readonly input: Tensor | undefined; readonly cotangent: Tensor },
): Omit<Cotangents, 'input'> & { readonly input: Tensor } =>
  scoped(() => {
    // In training, what sums to zero wherever the pass is made moves by what does.
    const noted = <X extends Tensor>(dx: X): X => (isTraining ? noteZeroSums(dx) : dx);
    const ofCotangent = gradient(tangents.cotangent, scale);
    if (tangents.input === undefined) {
      return {
        parameters: [ofCotangent.scale, ofCotangent.offset],
        input: noted(add(ofCotangent.input, gradient(cotangent, tangents.scale).input)),
      };
    }
    const normalised = gradient(tangents.input, onesLike(scale)); // x̂̇ and Σ ẋ x̂
    const change = toRows(normalised.input);
    const overlap = sum(mul(toRows(cotangent), change), 0) as Tensor1D; // Σ dy x̂̇
    const parameters = [add(ofCotangent.scale, overlap), ofCotangent.offset];
    if (!isTraining) {
      return { parameters, input: add(ofCotangent.input, gradient(cotangent, tangents.scale).input) };
    }
    const deviation = inverseDeviation(variance, epsilon); // s
    const share = mul(deviation, 1 / change.shape[0]);
    const shrinkage = mul(normalised.scale, share); // r
    const ofScale = gradient(cotangent, sub(tangents.scale, mul(scale, shrinkage)));
    const centred = mul(sub(toRows(x), mean), deviation); // x̂
    const turned = mul(
      add(mul(change, ofScale.scale), mul(centred, overlap)), // ofScale.scale = Σ dy x̂
      mul(scale, share),
    );
    const moved = sub(add(ofCotangent.input, ofScale.input), reshape(turned, x.shape));
    return { parameters, input: noted(moved) };
  });
