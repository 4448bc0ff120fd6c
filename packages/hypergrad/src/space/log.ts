import type { Transform } from './types.js';

/** λ = exp θ, projected onto the interval: equal steps in θ are equal ratios of λ. For positive intervals. */
export const log: Transform = {
  name: 'log',
  value: (free, [low, high]) => Math.min(high, Math.max(low, Math.exp(free))),
  free: (value) => Math.log(value),
  slope: (free, [low, high]) => Math.min(high, Math.max(low, Math.exp(free))),
};
