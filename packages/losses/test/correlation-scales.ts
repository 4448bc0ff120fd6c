import type { Batch } from './evaluate-loss.js';
import { ROUNDING, type Scales } from './expect-derivatives.js';
import { mean, softmax } from './float64-reference.js';

/** What DIST adds to the product of two norms. */
const EPSILON = 1e-8;

/** A kink nearer than this share of a unit leaves no room for a difference. */
const NEAREST = 1e-4;

/**
 * The scales of a loss of correlations at temperature T, for `expectDerivatives`; undefined for a batch at a kink.
 *
 * A correlation S/(AB + ε) of centred rows or columns with norms A and B has a kink where A = 0. Probabilities that move
 * along ẋ reach that point, in the complex plane too, after a distance of A/|ẋ| at the least: a column of nearly equal
 * probabilities is near it, and a difference across it is the difference of another function. So a unit of z is not T but
 * T A/|ẋ|, the smallest among all rows and columns: |ẋ_k| is at most 2 p_k (1 − p_k) along logits that move by T, and
 * p_k |u_k − E_p u| along log T. Where AB stays far below ε the correlation is S/ε, which has no kink.
 *
 * Centring cancels, too: a is off by the rounding of x, 1e-16 |x|, which moves the correlation by B/(AB + ε) times that.
 */
export function correlationScales(batch: Batch, temperature: number, largest: number): Scales | undefined {
  const student = movesOf(batch.student, temperature);
  const teacher = movesOf(batch.teacher, temperature);
  const lines = [
    ...batch.student.map((_, i) => (rows: Rows) => rows[i]!),
    ...batch.student[0]!.map((_, k) => (rows: Rows) => rows.map((row) => row[k]!)),
  ];
  let [byLogits, byTemperature, cancellation] = [1, 1, 0];
  for (const line of lines) {
    const [x, y] = [line(student.probabilities), line(teacher.probabilities)];
    const [a, b] = [spread(x), spread(y)];
    cancellation = Math.max(cancellation, (b * roundedNorm(x) + a * roundedNorm(y)) / (a * b + EPSILON));
    byLogits = Math.min(byLogits, distanceToKink([a, norm(line(student.byLogits))], [b, 0]));
    byTemperature = Math.min(
      byTemperature,
      distanceToKink([a, norm(line(student.byTemperature))], [b, norm(line(teacher.byTemperature))]),
    );
  }
  if (byLogits < NEAREST || byTemperature < NEAREST) return undefined;
  const logits = temperature * byLogits;
  return {
    step: 1 / 200,
    logits,
    metaparameter: (name, value) => (name === 'temperature' ? value * byTemperature : value),
    loss: 1,
    rounding: ROUNDING * (1 + largest / logits + cancellation),
  };
}

type Move = readonly [spread: number, speed: number];

/** How far a row or column of the student and one of the teacher can move until either is constant; at most 1. */
function distanceToKink(...moves: readonly [Move, Move]): number {
  const [a, b] = moves.map(([spread, speed]) => spread + speed) as [number, number];
  if (a * b < 1e-5 * EPSILON) return 1;
  return Math.min(1, ...moves.map(([spread, speed]) => (speed === 0 ? 1 : spread / speed)));
}

type Rows = readonly (readonly number[])[];

/** Probabilities by rows, and bounds of how each moves: as its row's logits move by at most T, and as log T moves by 1. */
function movesOf(logits: Rows, temperature: number) {
  const probabilities = logits.map((row) => softmax(row, temperature));
  return {
    probabilities,
    byLogits: probabilities.map((row) => row.map((p) => 2 * p * (1 - p))),
    byTemperature: probabilities.map((row, i) => {
      const scaled = logits[i]!.map((value) => value / temperature);
      const average = row.reduce((sum, p, k) => sum + p * scaled[k]!, 0);
      return row.map((p, k) => p * Math.abs(scaled[k]! - average));
    }),
  };
}

const norm = (values: readonly number[]): number => Math.hypot(...values);

/** Of the entries that rounding moves: a probability of 1 to the last digit stays. */
const roundedNorm = (values: readonly number[]): number => norm(values.filter((p) => 1 - p > 1e-17));

const spread = (values: readonly number[]): number => {
  const centre = mean(values);
  return norm(values.map((value) => value - centre));
};
