import { checkNoOptions, describeValue } from '@metadistill/options';
import {
  add,
  mul,
  neg,
  type Scalar,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { averaged } from '../arrays/averaged.js';
import { checkLogitsAndLabels } from '../check-inputs.js';
import { labelRows, shift, softmaxOf } from '../softmax/soften.js';
import { softmaxJacobian } from '../softmax/softmax-jacobian.js';
import type { LogitLoss } from '../types.js';

/**
 * Cross-entropy with the targets (1 − s)·onehot(y) + s/K, averaged over the batch; s = `labelSmoothing` in [0, 1).
 *
 * ∂/∂z = (softmax(z) − targets)/B; ∂²/∂z∂s = (onehot(y) − 1/K)/B. Fix s with `withFixed` if you do not tune it.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError on use, if the smoothing is not in [0, 1): the targets must be probabilities.
 * @see Szegedy et al. (2016), Rethinking the Inception architecture, section 7.
 */
export function smoothedCrossEntropy(...none: []): LogitLoss<'labelSmoothing'> {
  checkNoOptions('smoothedCrossEntropy', none);
  return {
    name: 'smoothedCrossEntropy',
    metaparameters: ['labelSmoothing'],
    valueAndGradient: (studentLogits, targets, { labelSmoothing }) =>
      tidy(() => {
        checkSmoothing(labelSmoothing);
        checkLogitsAndLabels('smoothedCrossEntropy', studentLogits, targets);
        const [batch, classes] = studentLogits.shape;
        const { probabilities, logProbabilities } = softmaxOf(shift(studentLogits));
        const label = labelRows(targets.labels, classes, (1 - labelSmoothing) / batch);
        const smoothed = add<Tensor2D>(label, labelSmoothing / (classes * batch));
        return {
          value: neg(sum<Scalar>(mul(smoothed, logProbabilities()))),
          gradient: sub<Tensor2D>(mul(probabilities, 1 / batch), smoothed),
        };
      }),
    metaparameterGradient: (studentLogits, targets, _metaparameters, exampleWeights) =>
      tidy(() => {
        checkLogitsAndLabels('smoothedCrossEntropy', studentLogits, targets);
        const classes = studentLogits.shape[1];
        const { logProbabilities } = softmaxOf(shift(studentLogits));
        const difference = sub(labelRows(targets.labels, classes), 1 / classes);
        const slopes = sum<Tensor1D>(mul(difference, logProbabilities()), 1);
        return { labelSmoothing: averaged(slopes, exampleWeights) };
      }),
    mixedDerivatives: (studentLogits, targets) =>
      tidy(() => {
        checkLogitsAndLabels('smoothedCrossEntropy', studentLogits, targets);
        const [batch, classes] = studentLogits.shape;
        const difference = sub(labelRows(targets.labels, classes, 1 / batch), 1 / (classes * batch));
        return { labelSmoothing: difference as Tensor2D };
      }),
    exampleLosses: (studentLogits, targets, { labelSmoothing }) =>
      tidy(() => {
        checkSmoothing(labelSmoothing);
        checkLogitsAndLabels('smoothedCrossEntropy', studentLogits, targets);
        const classes = studentLogits.shape[1];
        const { logProbabilities } = softmaxOf(shift(studentLogits));
        const smoothed = add(
          labelRows(targets.labels, classes, 1 - labelSmoothing),
          labelSmoothing / classes,
        );
        return neg(sum<Tensor1D>(mul(smoothed, logProbabilities()), 1));
      }),
    hessianProduct: (studentLogits, _targets, _metaparameters, tangent) =>
      tidy(() => {
        const { probabilities } = softmaxOf(shift(studentLogits));
        return mul(softmaxJacobian(probabilities, tangent), 1 / studentLogits.shape[0]);
      }),
  };
}

function checkSmoothing(labelSmoothing: number): void {
  if (typeof labelSmoothing !== 'number' || !(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(
      `smoothedCrossEntropy: labelSmoothing is ${describeValue(labelSmoothing)}; expected a number from 0 to below 1. Give its ` +
        'metaparameter these bounds.',
    );
  }
}
