import { checkOptions } from '@metadistill/options';
import { mul, neg, type Scalar, sub, sum, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTemperature } from '../check-inputs.js';
import { fusedCrossEntropy, type ValueAndGradient } from '../softmax/fused-kernels.js';
import { labelRows, soften, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss, Targets } from '../types.js';

export interface CrossEntropyOptions {
  /** T > 0, by default 1. */
  readonly temperature?: number;
}

/**
 * Cross-entropy of softmax(z/T) with the labels, averaged over the batch: −(1/B) Σ_b log softmax(z_b/T)[y_b].
 *
 * ∂/∂z = (softmax(z/T) − onehot(y)) / (B·T), (∂²/∂z²) ż = J_{softmax(z/T)} ż / (B·T²). The teacher's logits are not
 * read. The temperature is a constant of the loss, not a metaparameter: the paper's synthetic experiment validates at
 * T = 0.1.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the temperature is not finite and above 0.
 * @see Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): LogitLoss {
  checkOptions('crossEntropy', options, { temperature: true });
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
    exampleLosses: (studentLogits, targets) =>
      tidy(() => {
        checkLogitsAndLabels('crossEntropy', studentLogits, targets);
        const { logProbabilities } = softmaxOf(soften(studentLogits, temperature));
        const labels = labelRows(targets.labels, studentLogits.shape[1]);
        return neg(sum<Tensor1D>(mul(labels, logProbabilities()), 1));
      }),
    hessianProduct: (studentLogits, _targets, _metaparameters, tangent) =>
      tidy(() => {
        const { probabilities } = softmaxOf(soften(studentLogits, temperature));
        return mul(softmaxJacobian(probabilities, tangent), 1 / (studentLogits.shape[0] * temperature ** 2));
      }),
  };
}

const composed = (studentLogits: Tensor2D, { labels }: Targets, temperature: number): ValueAndGradient =>
  tidy(() => {
    const [batch, classes] = studentLogits.shape;
    const { probabilities, logProbabilities } = softmaxOf(soften(studentLogits, temperature));
    const targets = labelRows(labels, classes, 1 / batch);
    return {
      value: neg(sum<Scalar>(mul(targets, logProbabilities()))),
      gradient: mul<Tensor2D>(sub(mul(probabilities, 1 / batch), targets), 1 / temperature),
    };
  });
