import type { Transform } from './types.js';

/** λ = θ projected onto the interval: the paper's choice. A step that leaves the interval ends on its bound. */
export const clip: Transform = {
  name: 'clip',
  value: (free, [low, high]) => Math.min(high, Math.max(low, free)),
  free: (value) => value,
  // One at the bounds too, so that a gradient that points inwards can leave them.
  slope: () => 1,
};
