import { checkNoOptions } from '@metadistill/options';
import quickselect from 'quickselect';
import { checkHistory } from '../check-history.js';
import type { Predictor } from '../types.js';

/**
 * The median of the slopes between all pairs of values, continued from the last value.
 *
 * Up to 29% of wild values do not move it. The fit takes n²/2 slopes: half a million for 1,000 values.
 *
 * @see Sen (1968), Estimates of the regression coefficient based on Kendall's tau.
 */
export function theilSen(...none: []): Predictor {
  checkNoOptions('theilSen', none);
  return {
    name: 'theilSen',
    minimumHistory: 2,
    fit(history) {
      checkHistory('theilSen', history, 2);
      const slope = median(pairSlopes(history));
      const last = history.at(-1) as number;
      return (stepsAhead) => last + slope * stepsAhead;
    },
  };
}

function pairSlopes(values: readonly number[]): Float64Array {
  const slopes = new Float64Array((values.length * (values.length - 1)) / 2);
  let next = 0;
  for (let i = 0; i < values.length; i += 1) {
    for (let j = i + 1; j < values.length; j += 1) {
      slopes[next] = ((values[j] as number) - (values[i] as number)) / (j - i);
      next += 1;
    }
  }
  return slopes;
}

/** Selects instead of sorting: a sixth of the time for half a million values, which it rearranges. */
function median(values: Float64Array): number {
  const middle = values.length >> 1;
  // Declared for lists of any type; works in place on whatever has places.
  quickselect(values as unknown as number[], middle);
  const upper = values[middle] as number;
  if (values.length % 2 === 1) return upper;
  const lower = values.subarray(0, middle).reduce((largest, value) => Math.max(largest, value));
  return (upper + lower) / 2;
}
