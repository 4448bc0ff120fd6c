import { checkOptions } from '@metadistill/options';
import {
  add,
  div,
  maximum,
  mul,
  neg,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTemperature } from '../check-inputs.js';
import { bestTemperature } from '../softmax/best-temperature.js';
import { labelRows, soften, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian, softmaxJacobianChange } from '../softmax/softmax-jacobian.js';
import type { LogitLoss } from '../types.js';

export interface ExpectedErrorOptions {
  /** T > 0, or `calibrated`, the default: that with the lowest cross-entropy on the batch, from 0.02 to 100. */
  readonly temperature?: number | 'calibrated';
}

/**
 * The share of wrong answers if each is drawn from the softmax: 1 − (1/B) Σ_b softmax(z_b/T)[y_b].
 *
 * A smooth surrogate of the error, which gives up on examples that are far out of reach instead of paying ever more for
 * them. With p = softmax(z/T), ∂/∂z = −p_y (onehot(y) − p) / (B·T); if T is calibrated, its own dependence on z is
 * included. The teacher's logits are not read.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the temperature is not finite and above 0, TypeError if an option is unknown.
 * @see Ghosh, Kumar, Sastry (2017), Robust loss functions under label noise for deep neural networks: half of their MAE.
 */
export function expectedError(options: ExpectedErrorOptions = {}): LogitLoss {
  checkOptions<ExpectedErrorOptions>('expectedError', options, { temperature: true });
  const { temperature = 'calibrated' } = options;
  if (temperature !== 'calibrated') checkTemperature('expectedError', temperature);
  const at = (studentLogits: Tensor2D, labels: Tensor1D): ErrorAt =>
    temperature === 'calibrated'
      ? atBest(studentLogits, labels, [0.02, 100])
      : atFixed(studentLogits, labels, temperature);
  return {
    name: `expectedError(temperature=${temperature})`,
    metaparameters: [],
    valueAndGradient(studentLogits, targets) {
      checkLogitsAndLabels('expectedError', studentLogits, targets);
      return tidy(() => {
        const { probabilities, labels, gradient } = at(studentLogits, targets.labels);
        // What the other classes have: 1 − p_y loses the digits of a small error.
        const value = sum<Scalar>(mul(probabilities, sub(1, labels)));
        const [batch] = studentLogits.shape;
        return { value: div<Scalar>(value, batch), gradient: div<Tensor2D>(gradient, batch) };
      });
    },
    metaparameterGradient: () => ({}),
    mixedDerivatives: () => ({}),
    hessianProduct: (studentLogits, targets, _metaparameters, tangent) =>
      tidy(() => {
        const { along } = at(studentLogits, targets.labels);
        return div<Tensor2D>(along(tangent), studentLogits.shape[0]);
      }),
  };
}

/** Σ_b (1 − p_y) at a point: the softmax, the gradient by z, and how that moves along ż. */
interface ErrorAt {
  readonly probabilities: Tensor2D;
  readonly labels: Tensor2D;
  readonly gradient: Tensor2D;
  along(tangent: Tensor2D): Tensor2D;
}

function atFixed(studentLogits: Tensor2D, targets: Tensor1D, temperature: number): ErrorAt {
  const { probabilities } = softmaxOf(soften(studentLogits, temperature));
  const labels = labelRows(targets, studentLogits.shape[1]);
  const { gradient, change } = byScaledLogits(probabilities, labels);
  return {
    probabilities,
    labels,
    gradient: mul(gradient, 1 / temperature),
    along: (tangent) => mul(change(tangent), 1 / temperature ** 2),
  };
}

/**
 * With u = βz, g = ∂/∂u, W = (p − onehot(y)) + J_p u and c = Σ Var_p(u), log β moves by −βW/c, so that the gradient by z is
 * β (g − κW), κ = ⟨g, u⟩/c. Along ż all of these move. At a bound 1/c counts as 0.
 */
function atBest(studentLogits: Tensor2D, targets: Tensor1D, bounds: readonly [number, number]): ErrorAt {
  const [batch] = studentLogits.shape;
  const best = bestTemperature(studentLogits, targets, bounds);
  const { inverse: beta, probabilities, labels } = best;
  // Everywhere times p, which is 0 down there: the bound changes nothing but squares that would overflow float32.
  const u = maximum<Tensor2D>(mul(best.shifted, beta), LOWEST);
  const { gradient: g, change } = byScaledLogits(probabilities, labels);
  const W = mul<Tensor2D>(best.mixed(), batch);
  const overC = div<Scalar>(best.inverseCurvature(), mul(square(beta), batch));
  const kappa = mul<Scalar>(dot(g, u), overC);
  const inside = sub<Tensor2D>(g, mul(kappa, W));
  return {
    probabilities,
    labels,
    gradient: mul(beta, inside),
    along(tangent) {
      const moved = mul<Tensor2D>(beta, tangent);
      const logBetaChange = neg(mul(dot(W, moved), overC));
      const uChange = add<Tensor2D>(moved, mul(logBetaChange, u));
      const gChange = change(uChange);
      const spreadChange = softmaxJacobianChange(probabilities, uChange, u, uChange);
      const WChange = add(softmaxJacobian(probabilities, uChange), spreadChange);
      const cChange = add(dot(softmaxJacobian(probabilities, u), uChange), dot(spreadChange, u));
      const overlapChange = add(dot(gChange, u), dot(g, uChange));
      const kappaChange = mul(sub(overlapChange, mul(kappa, cChange)), overC);
      const insideChange = sub(gChange, add(mul(kappaChange, W), mul(kappa, WChange)));
      return mul(beta, add(mul(logBetaChange, inside), insideChange));
    },
  };
}

const LOWEST = -1e15;

/** ∂/∂u of Σ_b (1 − p_y) is −J_p onehot(y), p = softmax(u). */
const byScaledLogits = (probabilities: Tensor2D, labels: Tensor2D) => ({
  gradient: neg(softmaxJacobian(probabilities, labels)),
  change: (uChange: Tensor2D): Tensor2D =>
    neg(softmaxJacobianChange(probabilities, uChange, labels, zerosLike(labels))),
});

const dot = (a: Tensor2D, b: Tensor2D): Scalar => sum<Scalar>(mul(a, b));
