import type { LogitLoss } from '@metadistill/losses';
import {
  broadcastTo,
  gather,
  greaterEqual,
  logSoftmax,
  mul,
  neg,
  oneHot,
  reshape,
  type Scalar,
  softmax,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
  topk,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * Cross-entropy of the examples of a batch whose loss is smallest: the mean of a share of them, of which at least one.
 *
 * @see Han et al. (2018), Co-teaching: robust training of deep neural networks with extremely noisy labels, for small loss
 *   as a sign of a right label.
 */
export function smallLoss(share: number): LogitLoss {
  /** How likely the label of each example is, and for which of them that is not too little. */
  const prepare = (logits: Tensor2D, labels: Tensor1D) => {
    const [batch, classes] = logits.shape;
    const kept = Math.max(1, Math.round(share * batch));
    const targets = oneHot(labels, classes) as Tensor2D;
    const logLikelihoods = sum<Tensor1D>(mul(logSoftmax(logits), targets), 1);
    const least = gather(topk(logLikelihoods, kept).values, [kept - 1]);
    return { kept, targets, logLikelihoods, isKept: greaterEqual(logLikelihoods, least) };
  };
  return {
    name: `smallLoss(${share})`,
    metaparameters: [],
    valueAndGradient: (logits, { labels }) =>
      tidy(() => {
        const { kept, targets, logLikelihoods, isKept } = prepare(logits, labels);
        const rows = sub(softmax(logits), targets);
        return {
          value: mul<Scalar>(neg(sum(where(isKept, logLikelihoods, zerosLike(logLikelihoods)))), 1 / kept),
          gradient: mul<Tensor2D>(
            where(broadcastTo(reshape(isKept, [-1, 1]), rows.shape), rows, zerosLike(rows)),
            1 / kept,
          ),
        };
      }),
    metaparameterGradient: () => ({}),
    mixedDerivatives: () => ({}),
  };
}
