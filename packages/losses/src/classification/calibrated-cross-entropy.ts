import { checkOptions, describeValue } from '@metadistill/options';
import {
  div,
  mul,
  neg,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTemperatureBounds } from '../check-inputs.js';
import { bestTemperature } from '../softmax/best-temperature.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss } from '../types.js';

export interface CalibratedCrossEntropyOptions {
  /** Where τ is searched, by default from 0.02 to 100. A batch without mistakes would take τ to 0. */
  readonly temperatureBounds?: readonly [low: number, high: number];
  /**
   * s in [0, 1), default 0: the labels are t = (1 − s)·onehot(y) + s/K. With some, such as 0.05, a batch without a mistake
   * keeps a finite τ, and still tells which of its answers are surer than others.
   */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy at the temperature that is best for the batch: min_τ −(1/B) Σ_b ⟨t_b, log softmax(z_b/τ)⟩, t_b = onehot(y_b).
 *
 * A validation loss that does not mind the scale of the logits, which distillation changes. τ is found on the device. By the
 * envelope theorem ∂/∂z = (softmax(z/τ) − t) / (B·τ) at that τ, as if it were a constant; products with the
 * Hessian do follow it. The teacher's logits are not read. A batch without a mistake says next to nothing: make batches large
 * enough to have some, or smooth the labels.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the bounds are not finite, above 0 and in order or the smoothing is not in [0, 1), TypeError if an option is unknown.
 * @see Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks, section 4.2.
 */
export function calibratedCrossEntropy(options: CalibratedCrossEntropyOptions = {}): LogitLoss {
  checkOptions<CalibratedCrossEntropyOptions>('calibratedCrossEntropy', options, {
    temperatureBounds: true,
    labelSmoothing: true,
  });
  const { temperatureBounds = [0.02, 100], labelSmoothing = 0 } = options;
  checkTemperatureBounds('calibratedCrossEntropy', temperatureBounds);
  if (typeof labelSmoothing !== 'number' || !(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(
      `calibratedCrossEntropy: labelSmoothing is ${describeValue(labelSmoothing)}; expected a number in [0, 1).`,
    );
  }
  const at = (studentLogits: Tensor2D, labels: Tensor1D) =>
    bestTemperature(studentLogits, labels, temperatureBounds, labelSmoothing);
  const shown = [
    ...(options.temperatureBounds ? [`temperatureBounds=[${temperatureBounds.join(', ')}]`] : []),
    ...(labelSmoothing > 0 ? [`labelSmoothing=${labelSmoothing}`] : []),
  ];
  return {
    name: shown.length > 0 ? `calibratedCrossEntropy(${shown.join(', ')})` : 'calibratedCrossEntropy',
    metaparameters: [],
    valueAndGradient(studentLogits, targets) {
      checkLogitsAndLabels('calibratedCrossEntropy', studentLogits, targets);
      return tidy(() => {
        const [batch] = studentLogits.shape;
        const best = at(studentLogits, targets.labels);
        const excess = sub(best.probabilities, best.labels);
        return {
          value: neg(div(sum<Scalar>(mul(best.labels, best.logProbabilities())), batch)) as Scalar,
          gradient: mul<Tensor2D>(excess, div(best.inverse, batch)),
        };
      });
    },
    metaparameterGradient: () => ({}),
    mixedDerivatives: () => ({}),
    hessianProduct: (studentLogits, targets, _metaparameters, tangent) =>
      tidy(() => {
        const [batch] = studentLogits.shape;
        const best = at(studentLogits, targets.labels);
        const held = mul(softmaxJacobian(best.probabilities, tangent), div(square(best.inverse), batch));
        const mixed = best.mixed();
        const moved = mul(sum(mul(mixed, tangent)), best.inverseCurvature());
        return sub<Tensor2D>(held, mul(mixed, moved));
      }),
  };
}
