import type { HypergradientMethod } from '../types.js';
import type { Estimate, HypergradientCheck, TaylorTest, Verdict } from './types.js';

/** Float32 sums of tens of thousands of products differ by about 1e-6 of their size; a wrong rule by far more. */
const ROUNDING = 1e-4;
/** Halfway between the 1 of a wrong gradient and the 2 of a right one, which kinks and third-order terms move. */
const LEAST_SLOPE = 1.5;

/** Is each component what the difference says? */
export function differenceChecks(
  names: readonly string[],
  reach: readonly number[],
  gradient: readonly number[],
  difference: readonly Estimate[],
  tolerance: number,
): HypergradientCheck[] {
  // What V changes by within the reach, by the larger account: a gradient of something constant is wrong, too.
  const scale = Math.max(
    ...[gradient, difference.map(({ value }) => value)].flatMap((slopes) =>
      slopes.map((slope, j) => Math.abs(slope) * (reach[j] as number)),
    ),
  );
  return names.map((name, j) => {
    const { value, error } = difference[j] as Estimate;
    const relative = (distance: number) => (distance === 0 ? 0 : (distance * (reach[j] as number)) / scale);
    const measured = relative(Math.abs((gradient[j] as number) - value));
    return {
      name: `difference by ${name}`,
      verdict: relative(error) > tolerance ? 'inconclusive' : verdictOf(measured <= tolerance),
      measured,
      expected: `at most ${tolerance}`,
      reason: `rounding and curvature of V leave the difference known to ${short(relative(error))}`,
    };
  });
}

/**
 * Is the remainder of second order, or at least small?
 *
 * Kinks of V, of ReLU and max pooling, add terms of order 3/2 and of either sign, which make the slope of a few
 * remainders anything. The derivative is right all the same where the remainder of a small step is within the tolerance.
 */
export function taylorCheck(test: TaylorTest, tolerance: number): HypergradientCheck {
  const { slope, noise, firstOrder, remainders } = test;
  const name = 'Taylor slope';
  const expected = `at least ${LEAST_SLOPE}`;
  if (slope !== undefined) {
    const left = relativeRemainder(test, tolerance);
    const bent = slope < LEAST_SLOPE && left <= tolerance;
    return {
      name,
      verdict: verdictOf(slope >= LEAST_SLOPE || bent),
      measured: slope,
      expected,
      reason: bent
        ? `kinks of V bend it; the remainder is ${short(left)} of the first-order term`
        : '2 where the gradient is right, 1 where it is not',
    };
  }
  // No remainder stands out of rounding: right, unless the first-order term does not stand out either.
  const isSeen = firstOrder > 100 * noise && Math.max(...remainders) < 0.1 * firstOrder;
  return {
    name,
    verdict: isSeen ? 'pass' : 'inconclusive',
    measured: Number.NaN,
    expected,
    reason: isSeen ? 'V is linear to rounding, with this gradient' : 'V changes by less than its rounding',
  };
}

/** Of the smallest step at which rounding is below the tolerance, to the first-order term; infinite without one. */
function relativeRemainder({ steps, remainders, noise, firstOrder }: TaylorTest, tolerance: number): number {
  const smallest = steps.findLastIndex((step) => noise <= tolerance * step * firstOrder);
  const [step, remainder] = [steps[smallest], remainders[smallest]];
  return step === undefined || remainder === undefined
    ? Number.POSITIVE_INFINITY
    : remainder / (step * firstOrder);
}

/** Do forward and backward mode, and all exact methods, agree? */
export function agreementChecks(
  gap: number | undefined,
  distances: readonly (readonly number[])[],
  methods: readonly HypergradientMethod[],
  differenceTolerance: number | undefined,
): HypergradientCheck[] {
  const limit = differenceTolerance ?? ROUNDING;
  const common = {
    expected: `at most ${limit}`,
    reason:
      differenceTolerance === undefined
        ? 'sums in another order differ by 1e-6'
        : "the problem's second derivatives are differences",
  };
  const adjoint = gap === undefined ? [] : [{ name: 'adjoint gap', measured: gap }];
  const pairs = distances.flatMap((row) => row.slice(1, 1 + methods.length));
  return [...adjoint, { name: 'agreement of exact methods', measured: Math.max(...pairs) }].map(
    ({ name, measured }) => ({ name, measured, verdict: verdictOf(measured <= limit), ...common }),
  );
}

/** Are there as many tensors as before? */
export const leakCheck = (leaked: number): HypergradientCheck => ({
  name: 'tensors left behind',
  verdict: verdictOf(leaked === 0),
  measured: leaked,
  expected: '0',
  reason: 'what a method returns is all that it makes',
});

const verdictOf = (holds: boolean): Verdict => (holds ? 'pass' : 'fail');

const short = (value: number): string => value.toExponential(0);
