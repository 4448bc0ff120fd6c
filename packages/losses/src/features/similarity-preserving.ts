import { checkNoOptions } from '@metadistill/options';
import {
  add,
  matMul,
  mul,
  reshape,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { checkSameBatch } from './check-features.js';
import { normalizeRows } from './normalize-rows.js';
import type { FeatureLoss } from './types.js';

/** PyTorch's `normalize` divides by at least this. */
const EPSILON = 1e-12;

/**
 * Similarity preserving: ‖G_s − G_t‖²_F / B², G = F Fᵀ of flattened features with rows scaled to length 1.
 *
 * The authors scale rows by L2 and weigh the loss by 3000.
 *
 * @returns a loss of features `[batch, ...]`, whose value and gradient belong to the caller.
 * @throws RangeError on use, if the batches differ.
 * @see Tung, Mori (2019), Similarity-preserving knowledge distillation, equations 2 to 4.
 */
export function similarityPreserving(...none: []): FeatureLoss {
  checkNoOptions('similarityPreserving', none);
  return {
    name: 'similarityPreserving',
    valueAndGradient: (student, teacher) =>
      tidy(() => {
        checkSameBatch('similarityPreserving', student, teacher, 1);
        const batch = student.shape[0] as number;
        const flat = flatten(student);
        const gram = normalizeRows(matMul(flat, transpose(flat)), EPSILON);
        const teacherFlat = flatten(teacher);
        const teacherGram = normalizeRows(matMul(teacherFlat, transpose(teacherFlat)), EPSILON);
        const difference = sub<Tensor2D>(gram.rows, teacherGram.rows);
        const byGram = gram.pullBack(mul(difference, 2 / batch ** 2));
        // d(F Fᵀ) = dF Fᵀ + F dFᵀ.
        const gradient = matMul(add<Tensor2D>(byGram, transpose(byGram)), flat);
        return {
          value: mul<Scalar>(sum(square(difference)), 1 / batch ** 2),
          gradient: reshape(gradient, student.shape),
        };
      }),
  };
}

const flatten = (features: Tensor): Tensor2D => reshape(features, [features.shape[0] as number, -1]);
