import { checkOptions, describeValue } from '@metadistill/options';
import {
  add,
  div,
  log,
  matMul,
  mul,
  reshape,
  type Scalar,
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

export interface PktOptions {
  /** Divide the sum by B² (`elementMean`) or B (`rowSum`). */
  readonly reduction: 'elementMean' | 'rowSum';
  /** By default 1e-7, as in the authors' code. */
  readonly epsilon?: number;
}

/**
 * Probabilistic knowledge transfer: matches which examples of a batch lie near each other.
 *
 * f̂ = f/(‖f‖ + ε), S = (f̂f̂ᵀ + 1)/2 with rows scaled to sum 1, diagonal included; the loss is S_t log((S_t + ε)/(S_s + ε))
 * summed over rows and columns and divided by B² (`elementMean`, the code's, used with weight 30000) or B (`rowSum`).
 *
 * @returns a loss of features `[batch, ...]`, whose value and gradient belong to the caller.
 * @throws RangeError on use, if the batches differ or hold fewer than 2 examples.
 * @see Passalis, Tefas (2018), Learning deep representations with probabilistic knowledge transfer, section 3.
 */
export function pkt(options: PktOptions): FeatureLoss {
  checkOptions('pkt', options, { reduction: true, epsilon: true });
  const { reduction, epsilon = 1e-7 } = options;
  if (reduction !== 'elementMean' && reduction !== 'rowSum') {
    throw new RangeError(
      `pkt: reduction is ${describeValue(reduction)}; expected 'elementMean' or 'rowSum'.`,
    );
  }
  return {
    name: `pkt(${reduction})`,
    valueAndGradient: (student, teacher) =>
      tidy(() => {
        checkSameBatch('pkt', student, teacher, 2);
        const batch = student.shape[0] as number;
        const scale = reduction === 'elementMean' ? 1 / batch ** 2 : 1 / batch;
        const s = similarities(student, epsilon);
        const t = similarities(teacher, epsilon);
        const smoothed = add<Tensor2D>(s.normalized, epsilon);
        const terms = mul(t.normalized, log(div(add(t.normalized, epsilon), smoothed)));
        // ∂/∂S_s = −S_t/(S_s + ε), then through the scaling of rows and f̂f̂ᵀ/2, which is symmetric.
        const byNormalized = mul<Tensor2D>(div(t.normalized, smoothed), -scale);
        const rowPart = sum(mul(byNormalized, s.normalized), 1, true);
        const byCosine = mul(div(sub(byNormalized, rowPart), s.totals), 0.5);
        const byRows = matMul<Tensor2D>(add(byCosine, transpose(byCosine)), s.unit.rows);
        return {
          value: mul<Scalar>(sum(terms), scale),
          gradient: reshape(s.unit.pullBack(byRows), student.shape),
        };
      }),
  };
}

function similarities(features: Tensor, epsilon: number) {
  const unit = normalizeRows(reshape(features, [features.shape[0] as number, -1]), epsilon);
  const cosine = matMul(unit.rows, transpose(unit.rows));
  const similarity = mul<Tensor2D>(add(cosine, 1), 0.5);
  const totals = sum(similarity, 1, true);
  return { unit, totals, normalized: div<Tensor2D>(similarity, totals) };
}
