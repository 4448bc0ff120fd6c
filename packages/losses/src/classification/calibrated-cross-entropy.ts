import { checkOptions } from '@metadistill/options';
import { div, mul, neg, type Scalar, square, sub, sum, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTemperatureBounds } from '../check-inputs.js';
import { bestTemperature } from '../softmax/best-temperature.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss } from '../types.js';

export interface CalibratedCrossEntropyOptions {
  /** Where τ is looked for, by default from 0.02 to 100. A batch without mistakes would take τ to 0. */
  readonly temperatureBounds?: readonly [low: number, high: number];
}

/**
 * Cross-entropy at the temperature that is best for the batch: min_τ −(1/B) Σ_b log softmax(z_b/τ)[y_b].
 *
 * A validation loss that does not mind the scale of the logits, which distillation changes. τ is found on the device. By the
 * envelope theorem ∂/∂z = (softmax(z/τ) − onehot(y)) / (B·τ) at that τ, as if it were a constant; products with the
 * Hessian do follow it. The teacher's logits are not read. A batch without a mistake says next to nothing: make batches large
 * enough to have some, or raise the lower bound.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the bounds are not finite, above 0 and in order, TypeError if an option is unknown.
 * @see Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks, section 4.2.
 */
export function calibratedCrossEntropy(options: CalibratedCrossEntropyOptions = {}): LogitLoss {
  checkOptions<CalibratedCrossEntropyOptions>('calibratedCrossEntropy', options, { temperatureBounds: true });
  const { temperatureBounds = [0.02, 100] } = options;
  checkTemperatureBounds('calibratedCrossEntropy', temperatureBounds);
  return {
    name: options.temperatureBounds
      ? `calibratedCrossEntropy(temperatureBounds=[${temperatureBounds.join(', ')}])`
      : 'calibratedCrossEntropy',
    metaparameters: [],
    valueAndGradient(studentLogits, targets) {
      checkLogitsAndLabels('calibratedCrossEntropy', studentLogits, targets);
      return tidy(() => {
        const [batch] = studentLogits.shape;
        const best = bestTemperature(studentLogits, targets.labels, temperatureBounds);
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
        const best = bestTemperature(studentLogits, targets.labels, temperatureBounds);
        const held = mul(softmaxJacobian(best.probabilities, tangent), div(square(best.inverse), batch));
        const mixed = best.mixed();
        const moved = mul(sum(mul(mixed, tangent)), best.inverseCurvature());
        return sub<Tensor2D>(held, mul(mixed, moved));
      }),
  };
}
