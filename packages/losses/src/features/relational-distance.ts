import { checkNoOptions } from '@metadistill/options';
import {
  add,
  div,
  eye,
  greater,
  matMul,
  maximum,
  mean,
  mul,
  type Rank,
  reshape,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkSameBatch } from './check-features.js';
import { huber, huberSlope } from './huber.js';
import type { FeatureLoss } from './types.js';

/** Squared distances below it count as this, as in the authors' code, and give no gradient. */
const SMALLEST_SQUARE = 1e-12;

/**
 * Relational distillation by distances (RKD-D): Huber's loss of d_ij/μ between student and teacher, averaged over B².
 *
 * d_ij = ‖f_i − f_j‖₂ and μ the mean of the positive distances, each model's own; the diagonal counts as zeros. Used
 * with weight 25, beside 50 for the angles. Examples at the same place give each other no gradient.
 *
 * @returns a loss of features `[batch, ...]`, whose value and gradient belong to the caller.
 * @throws RangeError on use, if the batches differ or hold fewer than 2 examples.
 * @see Park, Kim, Lu, Cho (2019), Relational knowledge distillation, equations 5 to 7.
 */
export function relationalDistance(...none: []): FeatureLoss {
  checkNoOptions('relationalDistance', none);
  return {
    name: 'relationalDistance',
    valueAndGradient: (student, teacher) =>
      tidy(() => {
        checkSameBatch('relationalDistance', student, teacher, 2);
        const s = distances(flatten(student));
        const t = distances(flatten(teacher));
        const difference = sub<Tensor2D>(s.relative, t.relative);
        const slope = mul<Tensor2D>(huberSlope(difference), 1 / difference.size);
        // d(d/μ) = dd/μ − d dμ/μ², and μ is the sum of positive distances over their number.
        const byMean = div(sum(mul(slope, s.relative)), s.average);
        const byDistance = sub(div(slope, s.average), div(byMean, s.count));
        // d d_ij = (f_i − f_j)·(df_i − df_j)/d_ij for distances that are positive.
        const weight = mul<Tensor2D>(byDistance, s.inverse);
        const symmetric = add<Tensor2D>(weight, transpose(weight));
        const flat = flatten(student);
        const gradient = sub(mul(flat, sum(symmetric, 1, true)), matMul(symmetric, flat));
        return { value: mean<Scalar>(huber(difference)), gradient: reshape(gradient, student.shape) };
      }),
  };
}

function distances(flat: Tensor2D) {
  const squares = sum(square(flat), 1, true);
  const products = matMul(flat, transpose(flat));
  const raw = sub<Tensor2D>(add(squares, transpose(squares)), mul(products, 2));
  const apart = sub<Tensor2D>(1, eye(flat.shape[0]));
  const distance = mul<Tensor2D>(sqrt(maximum(raw, SMALLEST_SQUARE)), apart);
  const count = flat.shape[0] * (flat.shape[0] - 1);
  const average = div<Scalar>(sum(distance), count);
  const positive = greater(mul(raw, apart), SMALLEST_SQUARE);
  const inverse = where(positive, div(1, maximum(distance, Math.sqrt(SMALLEST_SQUARE))), zerosLike(distance));
  return { relative: div<Tensor2D>(distance, average), average, count, inverse: inverse as Tensor2D };
}

/** Rows of features from their mean, which distances do not see: far from zero their squares would lose it all. */
function flatten(features: Tensor): Tensor2D {
  const flat = reshape<Rank.R2>(features, [features.shape[0] as number, -1]);
  return sub(flat, mean(flat, 0));
}
