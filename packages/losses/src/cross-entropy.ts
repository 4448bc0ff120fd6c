import { mul, oneHot, type Scalar, sub, sum, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTemperature } from './check-inputs.js';
import { fusedCrossEntropy, type ValueAndGradient } from './fused-kernels.js';
import { temperedSoftmax } from './tempered-softmax.js';
import type { LogitLoss, Targets } from './types.js';

/**
 * Cross-entropy of softmax(z/T) with the labels, averaged over the batch: −(1/B) Σ_b log softmax(z_b/T)[y_b].
 *
 * ∂/∂z = (softmax(z/T) − onehot(y)) / (B·T). The teacher's logits are not read. The temperature is a constant of
 * the loss, not a metaparameter: the paper's synthetic experiment validates at T = 0.1.
 *
 * @param options.temperature T > 0, by default 1.
 * @throws RangeError where the temperature is not finite and above 0.
 */
export function crossEntropy(options: { readonly temperature?: number } = {}): LogitLoss {
  const { temperature = 1 } = options;
  checkTemperature('crossEntropy', temperature);
  return {
    name: temperature === 1 ? 'crossEntropy' : `crossEntropy(temperature=${temperature})`,
    metaparameters: [],
    valueAndGradient(studentLogits, targets) {
      checkLogitsAndLabels('crossEntropy', studentLogits, targets);
      return (
        fusedCrossEntropy(studentLogits, targets.labels, temperature) ??
        composed(studentLogits, targets, temperature)
      );
    },
    metaparameterGradient: () => ({}),
    mixedDerivatives: () => ({}),
  };
}

const composed = (studentLogits: Tensor2D, { labels }: Targets, temperature: number): ValueAndGradient =>
  tidy(() => {
    const [batch, classes] = studentLogits.shape;
    const { probabilities, logProbabilities } = temperedSoftmax(studentLogits, temperature);
    // Carries the average, so that the value needs no division of its own.
    const weightedLabels = oneHot(labels, classes, -1 / batch, 0, 'float32') as Tensor2D;
    const scale = 1 / (batch * temperature);
    return {
      value: sum<Scalar>(mul(weightedLabels, logProbabilities)),
      gradient: mul<Tensor2D>(sub(probabilities, oneHot(labels, classes, 1, 0, 'float32')), scale),
    };
  });
