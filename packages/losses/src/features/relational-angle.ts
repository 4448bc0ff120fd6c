import { checkNoOptions } from '@metadistill/options';
import {
  expandDims,
  matMul,
  mean,
  mul,
  type Rank,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkSameBatch } from './check-features.js';
import { huber, huberSlope } from './huber.js';
import { normalizeRows } from './normalize-rows.js';
import type { FeatureLoss } from './types.js';

/** PyTorch's `normalize` divides by at least this. */
const EPSILON = 1e-12;

/**
 * Relational distillation by angles (RKD-A): Huber's loss of cos ∠(j i k) between student and teacher, averaged over
 * all B³ triples, degenerate ones included.
 *
 * cos ∠(j i k) = e_ij·e_ik, e_ij the unit vector from f_i to f_j. Memory grows with B²·max(B, units). Used with weight
 * 50, beside 25 for the distances. Examples at the same place have no direction, and give each other no gradient.
 *
 * @returns a loss of features `[batch, ...]`, whose value and gradient belong to the caller.
 * @throws RangeError on use, if the batches differ or hold fewer than 3 examples.
 * @see Park, Kim, Lu, Cho (2019), Relational knowledge distillation, equations 8 and 9.
 */
export function relationalAngle(...none: []): FeatureLoss {
  checkNoOptions('relationalAngle', none);
  return {
    name: 'relationalAngle',
    valueAndGradient: (student, teacher) =>
      tidy(() => {
        checkSameBatch('relationalAngle', student, teacher, 3);
        const s = directions(student);
        const t = directions(teacher);
        const difference = sub<Tensor3D>(cosines(s.unit), cosines(t.unit));
        const slope = mul<Tensor3D>(huberSlope(difference), 1 / difference.size);
        // Both factors of e_ij·e_ik move: with the slope's symmetry in j and k, twice the one.
        const byUnit = mul<Tensor3D>(matMul(slope, s.unit), 2);
        const [batch, , units] = s.unit.shape;
        const byDifference = reshape(s.pullBack(reshape(byUnit, [-1, units])), [batch, batch, units]);
        // The vector from f_i to f_j moves with f_j and against f_i.
        const gradient = sub(sum(byDifference, 0), sum(byDifference, 1));
        return { value: mean<Scalar>(huber(difference)), gradient: reshape(gradient, student.shape) };
      }),
  };
}

/** e_ij at `[i, j]`, `[batch, batch, units]`, and the pull-back to f_j − f_i, both flattened to rows. */
function directions(features: Tensor) {
  const flat = reshape<Rank.R2>(features, [features.shape[0] as number, -1]);
  const [batch, units] = flat.shape;
  const differences = sub<Tensor3D>(expandDims(flat, 0), expandDims(flat, 1));
  const { rows, pullBack } = normalizeRows(reshape(differences, [-1, units]), EPSILON);
  return { unit: reshape<Rank.R3>(rows, [batch, batch, units]), pullBack };
}

const cosines = (unit: Tensor3D): Tensor3D => matMul(unit, unit, false, true);
