import { checkOptions, describeValue } from '@metadistill/options';
import { checkHistory } from '../check-history.js';
import { geometricSum } from '../numeric/geometric-sum.js';
import type { Predictor } from '../types.js';

export interface DampedHoltOptions {
  /** How much a new value moves the level, in (0, 1]; by default 0.5. */
  readonly levelSmoothing?: number;
  /** How much a new level moves the trend, in (0, 1]; by default 0.1. */
  readonly trendSmoothing?: number;
  /** What remains of the trend after a step, in (0, 1]; by default 0.98. 1 is Holt's undamped method. */
  readonly damping?: number;
}

/**
 * Holt's exponential smoothing with a trend that fades: level + (φ + φ² + ... + φ^h)·trend.
 *
 * @throws RangeError if a factor is not in (0, 1]; TypeError for an unknown option.
 * @see Gardner, McKenzie (1985), Forecasting trends in time series.
 */
export function dampedHolt(options: DampedHoltOptions = {}): Predictor {
  checkOptions('dampedHolt', options, { levelSmoothing: true, trendSmoothing: true, damping: true });
  const { levelSmoothing = 0.5, trendSmoothing = 0.1, damping = 0.98 } = options;
  for (const [name, value] of Object.entries({ levelSmoothing, trendSmoothing, damping })) {
    if (typeof value !== 'number' || !(value > 0 && value <= 1)) {
      throw new RangeError(
        `dampedHolt: ${name} is ${describeValue(value)}; expected a number above 0 and at most 1.`,
      );
    }
  }
  return {
    name: 'dampedHolt',
    minimumHistory: 2,
    fit(history) {
      checkHistory('dampedHolt', history, 2);
      let level = history[0] as number;
      let trend = (history[1] as number) - level;
      for (const value of history.slice(1)) {
        const predicted = level + damping * trend;
        const next = predicted + levelSmoothing * (value - predicted);
        trend = damping * trend + trendSmoothing * (next - level - damping * trend);
        level = next;
      }
      return (stepsAhead) => level + trend * geometricSum(damping, stepsAhead);
    },
  };
}
