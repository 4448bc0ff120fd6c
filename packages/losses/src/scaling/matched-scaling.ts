import { checkOptions } from '@metadistill/options';
import { checkTemperature } from '../check-inputs.js';
import { checkTeacherRows } from '../metrics/check-finite-logits.js';
import { type CachedLogits, checkCachedLogits, shiftedRows } from '../teachers/cached-logits.js';
import type { TemperatureFactor } from './temperature-factor.js';

export interface MatchedScalingOptions {
  readonly teacherLogits: CachedLogits;
}

/** Rows that are looked at: with three teachers of 50,000 rows or more the factor was within 4 % of that of all. */
const ROWS = 1024;

/**
 * The factor of a KL term that makes its gradient as long as that of the cross-entropy with labels, at any temperature, for
 * a student that knows nothing yet: learning rates that suit the labels then suit the teacher.
 *
 *     c(T) = T √((C − 1)/C) / r(T),   r(T)² = mean_b ‖q_b − 1/C‖²,   q_b = softmax(t_b/T) of C classes.
 *
 * At student logits of 0 a row of ∂KL/∂z is (1/C − q_b)/T and one of the cross-entropy 1/C − y_b, whose length is
 * √((C − 1)/C); r is the root mean square over at most 1,024 rows of the teacher's logits, evenly spread. c is T for small
 * T and T² √(C − 1)/σ for large T, σ the standard deviation of the teacher's logits within a row: T² alone makes a step
 * longer the larger σ is. With u = t/T,
 *
 *     dc/dT = (c/T) [1 + mean_b Σ_k (q_k − 1/C) q_k (u_k − E_q u) / r²].
 *
 * @returns a value for the option `scaling` of `distillation` and `convexMix`; plain numbers, nothing to dispose of.
 * @throws RangeError if lengths do not match, there are fewer than two classes, a logit is not finite, or all are equal;
 *   TypeError if an option is unknown; on use, RangeError if T is not above 0.
 */
export function matchedScaling(options: MatchedScalingOptions): TemperatureFactor {
  checkOptions<MatchedScalingOptions>('matchedScaling', options, { teacherLogits: 'teacherLogits' });
  const rows = rowsOf(options.teacherLogits);
  const { classes } = options.teacherLogits;
  const labels = Math.sqrt((classes - 1) / classes);
  const q = new Float64Array(classes);
  // A training step asks several times at one T.
  let last = { temperature: Number.NaN, factor: 1, slope: 0 };
  const at = (temperature: number) => {
    if (temperature === last.temperature) return last;
    checkTemperature('matchedScaling', temperature);
    let [squared, turn] = [0, 0];
    for (const row of rows) {
      let [total, mean] = [0, 0];
      for (let k = 0; k < classes; k++) {
        const u = row[k]! / temperature;
        q[k] = Math.exp(u);
        total += q[k]!;
        mean += q[k]! * u;
      }
      mean /= total;
      for (let k = 0; k < classes; k++) {
        const probability = q[k]! / total;
        const distance = probability - 1 / classes;
        squared += distance ** 2 / rows.length;
        turn += (distance * probability * (row[k]! / temperature - mean)) / rows.length;
      }
    }
    const factor = (temperature * labels) / Math.sqrt(squared);
    last = { temperature, factor, slope: (factor / temperature) * (1 + turn / squared) };
    return last;
  };
  return {
    name: 'matched',
    factor: (temperature) => at(temperature).factor,
    slope: (temperature) => at(temperature).slope,
  };
}

/** Some rows, each without its largest logit. */
function rowsOf(teacherLogits: CachedLogits): readonly (readonly number[])[] {
  checkCachedLogits('matchedScaling', teacherLogits);
  const { values, examples, classes } = teacherLogits;
  checkTeacherRows('matchedScaling', 'teacherLogits', values, classes);
  const count = Math.min(examples, ROWS);
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * examples) / count));
  const rows = shiftedRows(teacherLogits, indices);
  if (rows.every((row) => row.every((logit) => logit === 0))) {
    throw new RangeError(
      'matchedScaling: teacherLogits are equal within every row; expected rows that prefer a class. Was the teacher trained?',
    );
  }
  return rows;
}
