import type { Batch } from './evaluate-loss.js';
import { ROUNDING, type Scales } from './expect-derivatives.js';
import { mean, softmax } from './float64-reference.js';

/** The bounds of the temperature: those that the losses have by default. */
const [COLDEST, HOTTEST] = [0.02, 100];

/** A unit below this share of τ leaves no room for a difference. */
const SHORTEST = 1e-3;

/**
 * The scales of a loss at the temperature τ that is best for its batch, for `expectDerivatives`; undefined for a batch near
 * a kink: where τ comes to a bound, or leaves it.
 *
 * Within the bounds log τ moves with z/τ as the mixed derivative over the curvature v of the cross-entropy by log τ, so that
 * a unit of z is v τ where v is small. At a bound τ is a constant as long as the slope F′ there keeps its sign, and F′ moves
 * by about as much as z does: a unit is the slope, at most τ.
 */
export function calibratedScales(batch: Batch, largest: number): Scales | undefined {
  const atBounds = [COLDEST, HOTTEST].map((temperature) => byInverse(batch, 1 / temperature).slope);
  const [atColdest, atHottest] = atBounds as [number, number];
  let [low, high] = [Math.log(COLDEST), Math.log(HOTTEST)];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (byInverse(batch, Math.exp(-middle)).slope > 0) low = middle;
    else high = middle;
  }
  const temperature = Math.exp(low);
  const isInside = atColdest > 0 && atHottest < 0;
  const { curvature } = byInverse(batch, 1 / temperature);
  const room = isInside
    ? Math.min(curvature / temperature ** 2, ...atBounds.map((slope) => Math.abs(slope) / temperature))
    : Math.abs(atColdest > 0 ? atHottest : atColdest) / temperature;
  const share = Math.min(1, room);
  if (share < SHORTEST) return undefined;
  const logits = 0.5 * share * temperature;
  return {
    step: 1 / 200,
    logits,
    metaparameter: () => 1,
    loss: 1,
    rounding: ROUNDING * (1 + largest / logits),
  };
}

/** F′ and F″ of the cross-entropy by the inverse temperature β. */
function byInverse({ student, labels }: Batch, inverse: number): { slope: number; curvature: number } {
  const rows = student.map((row, i) => {
    const top = Math.max(...row);
    const probabilities = softmax(row.map((z) => (z - top) * inverse));
    const expected = probabilities.reduce((sum, p, k) => sum + p * (row[k]! - top), 0);
    const variance = probabilities.reduce((sum, p, k) => sum + p * (row[k]! - top - expected) ** 2, 0);
    return { slope: expected - (row[labels[i]!]! - top), variance };
  });
  return {
    slope: mean(rows.map(({ slope }) => slope)),
    curvature: mean(rows.map(({ variance }) => variance)),
  };
}
