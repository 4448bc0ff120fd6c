import { checkOptions, describeValue } from '@metadistill/options';
import { checkHistory } from '../check-history.js';
import { solveBanded } from '../numeric/solve-banded.js';
import type { Predictor } from '../types.js';

export interface SmoothingSplineOptions {
  /** Above 0, as a share of the history; by default 0.1. */
  readonly bandwidth?: number;
}

/**
 * A natural cubic smoothing spline, continued along its slope at the end.
 *
 * Minimises Σ (v_z − f(z))² + w⁴ ∫ f''², where w = `bandwidth`·n is about how many iterations it averages over. Wide
 * bandwidths tend to the least-squares line, narrow ones to the last difference.
 *
 * @throws RangeError if the bandwidth is not a finite number above 0; TypeError for an unknown option.
 * @see Green, Silverman (1994), Nonparametric regression and generalized linear models, section 2.3 (Reinsch).
 */
export function smoothingSpline(options: SmoothingSplineOptions = {}): Predictor {
  checkOptions('smoothingSpline', options, { bandwidth: true });
  const { bandwidth = 0.1 } = options;
  if (!(bandwidth > 0 && Number.isFinite(bandwidth))) {
    throw new RangeError(
      `smoothingSpline: bandwidth is ${describeValue(bandwidth)}; expected a finite number above 0.`,
    );
  }
  return {
    name: `smoothingSpline(bandwidth=${bandwidth})`,
    minimumHistory: 3,
    fit(history) {
      checkHistory('smoothingSpline', history, 3);
      const { fitted, curvatures } = smooth(history, (bandwidth * history.length) ** 4);
      const last = fitted.at(-1) as number;
      // The slope of a natural cubic at its end, from its last two values and the curvature before the end.
      const slope = last - (fitted.at(-2) as number) + (curvatures.at(-1) as number) / 6;
      return (stepsAhead) => last + slope * stepsAhead;
    },
  };
}

/**
 * The fitted values, and the second derivatives γ at the inner positions.
 *
 * With Q the second differences and R the Gram matrix of the linear hats, both at unit spacing: (R + λQᵀQ)γ = Qᵀv,
 * fitted = v − λQγ.
 */
function smooth(values: readonly number[], lambda: number): { fitted: number[]; curvatures: number[] } {
  const secondDifferences = values
    .slice(2)
    .map((value, i) => value - 2 * (values[i + 1] as number) + (values[i] as number));
  const curvatures = solveBanded([2 / 3 + 6 * lambda, 1 / 6 - 4 * lambda, lambda], secondDifferences);
  const at = (i: number) => curvatures[i] ?? 0;
  const fitted = values.map((value, i) => value - lambda * (at(i - 2) - 2 * at(i - 1) + at(i)));
  return { fitted, curvatures };
}
