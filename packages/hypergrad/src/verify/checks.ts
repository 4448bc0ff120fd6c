import type { HypergradientMethod } from '../types.js';
import type { Probe } from './probes.js';
import type { Estimate, HypergradientCheck, TaylorTest, Verdict } from './types.js';

/** Float32 sums of tens of thousands of products differ by about 1e-6 of their size; a wrong rule by far more. */
const ROUNDING = 1e-4;
/** Halfway between the 1 of a wrong gradient and the 2 of a right one, which kinks and third-order terms move. */
const LEAST_SLOPE = 1.5;
/** What helps if V moves by too little to be measured. */
const MAKE_IT_SEEN = 'raise learningRate or reach, or validate on more examples that have something to learn';

/** Is the derivative along each probe what the difference says? */
export function differenceChecks(
  probes: readonly Probe[],
  derivatives: readonly number[],
  differences: readonly Estimate[],
  tolerance: number,
): HypergradientCheck[] {
  return probes.map(({ name, reach, group, isEntry }, j) => {
    const [derivative, { value, error }] = [derivatives[j] as number, differences[j] as Estimate];
    // What V changes by within the reach, by the larger account: a gradient of something constant is wrong, too.
    const scale = Math.max(
      ...probes.flatMap((probe, k) =>
        probe.group === group
          ? [derivatives[k] as number, (differences[k] as Estimate).value].map(
              (slope) => Math.abs(slope) * probe.reach,
            )
          : [],
      ),
    );
    const relative = (distance: number) => (distance === 0 ? 0 : (distance * reach) / scale);
    const measured = relative(Math.abs(derivative - value));
    const common = { name: `difference by ${name}`, measured, expected: `at most ${tolerance}` };
    if (!Number.isFinite(value - derivative)) {
      return {
        ...common,
        verdict: 'fail',
        measured: Number.NaN,
        reason: `the hypergradient is ${derivative}, the difference ${value}`,
        advice: `V or a derivative is not finite within reach of ${name}: lower the learning rate, or reach.${name}`,
      };
    }
    if (derivative === 0 && value === 0) {
      return {
        ...common,
        // A batch leaves most numbers of a long array alone.
        verdict: isEntry ? 'pass' : 'inconclusive',
        reason: `V does not change with ${name}`,
        advice: `check that the training loss depends on ${name} at this point: a temperature, say, does not matter at a distillation fraction of 0`,
      };
    }
    const known = `the difference itself is known to ${short(relative(error))}`;
    if (relative(error) > tolerance) {
      const advice = `float32 rounding and kinks of V hide it: ${MAKE_IT_SEEN}`;
      return { ...common, verdict: 'inconclusive', reason: known, advice };
    }
    return {
      ...common,
      verdict: verdictOf(measured <= tolerance),
      reason: known,
      advice: `if the mixed derivative by ${name} passes, compare ∇V with differences of V, and the vjp of the optimizer`,
    };
  });
}

/** Does the training gradient move with each metaparameter as the problem says, by the function of the loss that says so? */
export const mixedDerivativeChecks = (
  names: readonly string[],
  gaps: readonly number[],
  tolerance: number,
  source: 'mixedDerivatives' | 'mixedProduct',
): HypergradientCheck[] =>
  names.map((name, j) => ({
    name: `mixed derivative by ${name}`,
    verdict: verdictOf((gaps[j] as number) <= tolerance),
    measured: gaps[j] as number,
    expected: `at most ${tolerance}`,
    reason: 'a difference of ∇L, at weights that stay',
    advice: `∂²L/∂w∂(${name}) is wrong, or ∇L, which it is held to: compare ${source} of the loss with differences of its gradient, and ∇L with differences of L`,
  }));

/**
 * Is the remainder of second order, or at least small?
 *
 * Kinks of V, of ReLU and max pooling, add terms of order 3/2 and of either sign, which make the slope of a few
 * remainders anything. The derivative is right all the same if the remainder of a small step is within the tolerance.
 */
export function taylorCheck(test: TaylorTest, tolerance: number): HypergradientCheck {
  const { slope, noise, firstOrder, remainders } = test;
  const advice = 'the gradient as a whole is wrong: see which difference above is';
  const name = 'Taylor test';
  const expected = `a remainder of at most ${tolerance}`;
  if (slope !== undefined) {
    const left = relativeRemainder(test, tolerance);
    if (slope < LEAST_SLOPE && left <= tolerance) {
      const reason = `kinks of V bend its slope, to ${slope.toFixed(1)} instead of 2`;
      return { name, verdict: 'pass', measured: left, expected, reason, advice };
    }
    return {
      name,
      verdict: verdictOf(slope >= LEAST_SLOPE),
      measured: slope,
      expected: `a slope of at least ${LEAST_SLOPE}`,
      reason: '2 if the gradient is right, 1 if it is not',
      advice,
    };
  }
  // No remainder stands out of rounding: right, unless the first-order term does not stand out either.
  if (firstOrder > 100 * noise && Math.max(...remainders) < 0.1 * firstOrder) {
    const measured = Math.max(...remainders) / firstOrder;
    const reason = 'V is linear to rounding, with this gradient';
    return { name, verdict: 'pass', measured, expected: 'a remainder of at most 0.1', reason, advice };
  }
  return {
    name,
    verdict: 'inconclusive',
    measured: Number.NaN,
    expected,
    reason: 'V changes by less than its rounding',
    advice: MAKE_IT_SEEN,
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
  const pairs = distances.flatMap((row) => row.slice(1, 1 + methods.length));
  const agreement: HypergradientCheck = {
    name: 'agreement of exact methods',
    measured: Math.max(...pairs),
    verdict: verdictOf(Math.max(...pairs) <= limit),
    ...common,
    advice: 'the method that stands apart in the matrix below uses the rule that is wrong',
  };
  if (gap === undefined) return [agreement];
  const adjoint: HypergradientCheck = {
    name: 'adjoint gap',
    measured: gap,
    verdict: verdictOf(gap <= limit),
    ...common,
    advice: 'mixedProduct and mixedDerivatives disagree: compare the jvp of each layer with its vjp',
  };
  return [adjoint, agreement];
}

/**
 * Are products with the Hessian right? The slope of V after two steps, which takes one, is held to a difference. Where kinks
 * of the training loss hide that, as they do on networks with ReLU and max pooling, the products have to be symmetric.
 */
export function secondOrderCheck(
  slope: number,
  { value, error }: Estimate,
  symmetry: number,
  tolerance: number,
): HypergradientCheck {
  const size = Math.max(Math.abs(slope), Math.abs(value));
  const common = {
    name: 'products with the Hessian',
    advice:
      "compare each layer's secondOrder with differences of its vjp, and the loss's hessianProduct with those of its gradient",
  };
  if (symmetry <= ROUNDING && error <= tolerance * size) {
    const measured = slope === value ? 0 : Math.abs(slope - value) / size;
    return {
      ...common,
      verdict: verdictOf(measured <= tolerance),
      measured,
      expected: `at most ${tolerance}`,
      reason: `the difference over two steps is known to ${short(error / size)}`,
    };
  }
  return {
    ...common,
    verdict: verdictOf(symmetry <= ROUNDING),
    measured: symmetry,
    expected: `at most ${ROUNDING}`,
    reason: 'they are symmetric; kinks hide a difference over two steps',
  };
}

/** Are there as many tensors as before? */
export const leakCheck = (leaked: number): HypergradientCheck => ({
  name: 'tensors left behind',
  verdict: verdictOf(leaked === 0),
  measured: leaked,
  expected: '0',
  reason: 'what a method returns is all that it makes',
  advice: 'a function of the problem keeps what it makes: return it, or make it in tf.tidy',
});

const verdictOf = (holds: boolean): Verdict => (holds ? 'pass' : 'fail');

const short = (value: number): string => value.toExponential(0);
