import {
  add,
  cast,
  clipByValue,
  div,
  exp,
  gather,
  less,
  lessEqual,
  linspace,
  log,
  logicalAnd,
  matMul,
  maximum,
  mean,
  min,
  minimum,
  mul,
  type Rank,
  reshape,
  type Scalar,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { labelRows, shift, softmaxOf } from './soften.js';
import { centre } from './softmax-jacobian.js';

/** Inverse temperatures that a round of the search compares, and how many rounds there are: they leave a few per cent. */
const [POINTS, ROUNDS] = [8, 3] as const;
/** Each doubles the digits: after three the worst of some thousand drawn batches was off by 1e-12 in float64. */
const NEWTON_STEPS = 3;

/** The inverse temperature β = 1/τ at which a batch has the lowest cross-entropy, and what moves with it. */
export interface BestTemperature {
  /** β. */
  readonly inverse: Scalar;
  /** p = softmax(β z) `[batch, classes]`. */
  readonly probabilities: Tensor2D;
  /** log p. */
  logProbabilities(): Tensor2D;
  /** Shifted logits z − max z: at most 0. */
  readonly shifted: Tensor2D;
  /** The labels t = (1 − s)·onehot(y) + s/K, s being the smoothing. */
  readonly labels: Tensor2D;
  /** ∂²F/∂z∂β = (p − t + β p ⊙ (z − E_p z)) / batch, `[batch, classes]`. */
  mixed(): Tensor2D;
  /**
   * 1 / F″; 0 if β stands at a bound, or logits are all equal and any β is best. By the implicit function theorem dβ/dz is
   * −(∂²F/∂z∂β) times as much.
   */
  inverseCurvature(): Scalar;
}

/**
 * argmin over β of F(β) = CE(softmax(β z), t) for 1/β within the bounds, on the device: F is convex, so that the sign of
 * F′(β) = mean_b (E_p z − E_t z) halves the interval; F″(β) = mean_b Var_p(z). Call it inside a `tidy`.
 */
export function bestTemperature(
  logits: Tensor2D,
  targets: Tensor1D,
  [coldest, hottest]: readonly [number, number],
  smoothing = 0,
): BestTemperature {
  const [batch, classes] = logits.shape;
  const shifted = shift(logits);
  const hard = labelRows(targets, classes, 1 - smoothing);
  const labels = smoothing === 0 ? hard : add<Tensor2D>(hard, smoothing / classes);
  const labelLogits = sum(mul(shifted, labels), 1);
  const flat = reshape<Rank.R2>(shifted, [1, -1]);
  // Of each row, and 1 for all but gigantic logits, whose squares would overflow float32.
  const units = maximum(mul(min(shifted, 1), -1 / LARGEST), 1) as Tensor1D;
  const squares = square(div<Tensor2D>(shifted, reshape(units, [-1, 1])));
  /** At each of `[n]` values: F′, and F″ when called. */
  const derivatives = (inverses: Tensor1D): { readonly first: Tensor1D; second(): Tensor1D } => {
    // An outer product, and operands of which one repeats as a whole: what repeats by rows is ten times slower on cpu.
    const scaled = matMul(reshape<Rank.R2>(inverses, [-1, 1]), flat);
    const exponentials = exp(reshape(scaled, [-1, batch, classes]));
    const totals = sum(exponentials, 2);
    const expected = (x: Tensor2D) => div(sum(mul(exponentials, x), 2), totals);
    const first = expected(shifted);
    return {
      // By rows: exactly 0 if the softmax is the label.
      first: mean(sub(first, labelLogits), 1),
      second: () => mean(mul(mul(sub(expected(squares), square(div(first, units))), units), units), 1),
    };
  };
  const [lowest, highest] = [-Math.log(hottest), -Math.log(coldest)];
  let [low, high]: [Tensor, Tensor] = [scalar(lowest), scalar(highest)];
  for (let round = 0; round < ROUNDS; round++) {
    const points = add(low, mul(sub(high, low), linspace(0, 1, POINTS))) as Tensor1D;
    const falling = sum(cast(lessEqual(derivatives(exp(points)).first, 0), 'int32'));
    const above = clipByValue(cast(falling, 'float32'), 1, POINTS - 1);
    low = gather(points, cast(sub(above, 1), 'int32'));
    high = gather(points, cast(above, 'int32'));
  }
  const [least, most] = [exp(low), exp(high)];
  let inverse = exp(mul(add(low, high), 0.5));
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const { first, second } = derivatives(reshape(inverse, [1]));
    // Leaves the middle of the bracket to logits that are all equal: 0 / 0 otherwise.
    const moved = sub(inverse, reshape(div(first, maximum(second(), FLATTEST)), []));
    inverse = minimum(maximum(moved, least), most);
  }
  const { probabilities, logProbabilities } = softmaxOf(mul(shifted, inverse));
  const mixed = (): Tensor2D => {
    const centred = centre(probabilities, shifted);
    return div(add(sub(probabilities, labels), mul(mul(probabilities, centred), inverse)), batch);
  };
  return {
    inverse: inverse as Scalar,
    probabilities,
    logProbabilities,
    shifted,
    labels,
    mixed,
    inverseCurvature() {
      const second = reshape<Rank.R0>(derivatives(reshape(inverse, [1])).second(), []);
      const position = log(inverse);
      const moves = [
        less(lowest + AT_BOUND, position),
        less(position, highest - AT_BOUND),
        less(FLATTEST, second),
      ].reduce((all, each) => logicalAnd(all, each));
      return div<Scalar>(cast(moves, 'float32'), maximum(second, FLATTEST));
    },
  };
}

/** Logits up to here have squares whose sums float32 holds. */
const LARGEST = 1e15;
/** F″ up to here counts as 0. */
const FLATTEST = 1e-30;
/** How near to a bound the logarithm of β counts as on it: some float32 roundings of what the bounds' logarithms are. */
const AT_BOUND = 1e-5;
