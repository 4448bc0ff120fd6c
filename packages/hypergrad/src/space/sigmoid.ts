import type { Transform } from './types.js';

/** Values closer to a bound than this share of the interval count as this close, so that θ stays within ±18.5. */
const margin = 1e-8;

const unit = (free: number): number => 1 / (1 + Math.exp(-free));

/** λ = low + (high − low) σ(θ): never on a bound, and slow near one. */
export const sigmoid: Transform = {
  name: 'sigmoid',
  value: (free, [low, high]) => low + (high - low) * unit(free),
  free(value, [low, high]) {
    const share = Math.min(1 - margin, Math.max(margin, (value - low) / (high - low)));
    return Math.log(share / (1 - share));
  },
  slope: (free, [low, high]) => (high - low) * unit(free) * unit(-free),
};
