import { checkCount } from '../check-count.js';
import type { Controller } from '../types.js';

/**
 * A hypergradient in iterations 0, k, 2k, ... and the same metaparameters in between.
 *
 * The baseline that prediction competes with at equal cost, usually with a k times longer step.
 *
 * @throws RangeError if k is not an integer of at least 1.
 */
export function everyKth(k: number): Controller<null> {
  checkCount('everyKth', 'k', k, 1);
  return {
    name: `everyKth(${k})`,
    initialize: () => null,
    decide: (_, iteration) => ({ action: iteration % k === 0 ? 'gradient' : 'hold' }),
    observe: (state) => state,
  };
}
