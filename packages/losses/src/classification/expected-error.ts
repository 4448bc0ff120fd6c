import { checkOptions } from '@metadistill/options';
import { add, div, mul, neg, type Scalar, sub, sum, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTemperature } from '../check-inputs.js';
import { bestTemperature } from '../softmax/best-temperature.js';
import { labelRows, soften, softmaxOf } from '../softmax/soften.js';
import { centre } from '../softmax/softmax-jacobian.js';
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
  return {
    name: `expectedError(temperature=${temperature})`,
    metaparameters: [],
    valueAndGradient(studentLogits, targets) {
      checkLogitsAndLabels('expectedError', studentLogits, targets);
      return tidy(() => {
        const [batch, classes] = studentLogits.shape;
        if (temperature !== 'calibrated') {
          const { probabilities } = softmaxOf(soften(studentLogits, temperature));
          const { value, gradient } = atFixed(probabilities, labelRows(targets.labels, classes));
          return { value, gradient: mul<Tensor2D>(gradient, 1 / temperature) };
        }
        const best = bestTemperature(studentLogits, targets.labels, [0.02, 100]);
        const { value, gradient } = atFixed(best.probabilities, best.labels);
        // ∂/∂β of the value is ⟨gradient by β z, z⟩; rows of the gradient sum to 0, so that shifted logits do.
        const byInverse = sum(mul(gradient, best.shifted));
        return { value, gradient: add<Tensor2D>(mul(gradient, best.inverse), mul(best.slope(), byInverse)) };

        /** By u = z/T. */
        function atFixed(probabilities: Tensor2D, labels: Tensor2D) {
          const right = mul(probabilities, labels);
          return {
            value: sub<Scalar>(1, div(sum(right), batch)),
            gradient: neg(div(mul(probabilities, centre(probabilities, labels)), batch)) as Tensor2D,
          };
        }
      });
    },
    metaparameterGradient: () => ({}),
    mixedDerivatives: () => ({}),
  };
}
