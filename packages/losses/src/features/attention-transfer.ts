import { checkOptions, describeValue } from '@metadistill/options';
import {
  div,
  maximum,
  mean,
  mul,
  reshape,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkSameBatch } from './check-features.js';
import { normalizeRows } from './normalize-rows.js';
import type { FeatureLoss } from './types.js';

/** PyTorch's `normalize` divides by at least this. */
const EPSILON = 1e-12;

export interface AttentionTransferOptions {
  /** How two attention maps are compared: as the authors' code does, or as their paper writes. */
  readonly convention: 'code' | 'paper';
}

/**
 * Attention transfer: compares where in the image student and teacher are active, whatever their channels.
 *
 * Q = vec(mean over channels of f²)/‖·‖₂ of each example, from features `[batch, height, width, channels]`.
 * Convention `code`: the mean of (Q_s − Q_t)² over batch and positions (used with weight 1000); `paper`: the mean over
 * the batch of ‖Q_s − Q_t‖₂, whose derivative where both agree is taken as 0.
 *
 * @returns a loss of features `[batch, ...]`, whose value and gradient belong to the caller.
 * @throws RangeError on use, if batches or maps differ in size: pool the larger map first.
 * @see Zagoruyko, Komodakis (2017), Paying more attention to attention, equation 2, and the authors' code.
 */
export function attentionTransfer(options: AttentionTransferOptions): FeatureLoss {
  checkOptions('attentionTransfer', options, { convention: true });
  const { convention } = options;
  if (convention !== 'code' && convention !== 'paper') {
    throw new RangeError(
      `attentionTransfer: convention is ${describeValue(convention)}; expected 'code' or 'paper'.`,
    );
  }
  return {
    name: `attentionTransfer(${convention})`,
    valueAndGradient: (student, teacher) =>
      tidy(() => {
        checkMaps(student, teacher);
        const attention = normalizeRows(attentionMap(student), EPSILON);
        const difference = sub<Tensor2D>(attention.rows, normalizeRows(attentionMap(teacher), EPSILON).rows);
        const { value, cotangent } = compare(difference, convention);
        const byMap = reshape(attention.pullBack(cotangent), [...student.shape.slice(0, 3), 1]);
        const channels = student.shape[3] as number;
        return { value, gradient: mul<Tensor>(mul(student, byMap), 2 / channels) };
      }),
  };
}

function compare(difference: Tensor2D, convention: 'code' | 'paper') {
  const [batch] = difference.shape;
  if (convention === 'code') {
    return {
      value: mean<Scalar>(square(difference)),
      cotangent: mul<Tensor2D>(difference, 2 / difference.size),
    };
  }
  const distance = sqrt(sum(square(difference), 1, true));
  // 0/1e-12 is 0: rows that agree have no gradient.
  return {
    value: mean<Scalar>(distance),
    cotangent: div<Tensor2D>(div(difference, maximum(distance, 1e-12)), batch),
  };
}

const attentionMap = (features: Tensor): Tensor2D =>
  reshape(mean(square(features), 3), [features.shape[0] as number, -1]);

function checkMaps(student: Tensor, teacher: Tensor): void {
  checkSameBatch('attentionTransfer', student, teacher, 1);
  const sizes = [student, teacher].map(({ shape }) => shape.slice(1, 3).join('x'));
  if (student.rank !== 4 || teacher.rank !== 4 || sizes[0] !== sizes[1]) {
    throw new RangeError(
      `attentionTransfer: features have shapes [${student.shape}] and [${teacher.shape}]; expected ` +
        '[batch, height, width, channels] of the same height and width. Pool the larger map.',
    );
  }
}
