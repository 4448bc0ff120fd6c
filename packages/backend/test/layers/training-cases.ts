import { losses, type Optimizer, type Tensor, train } from '@tensorflow/tfjs-core';
import { constraints, metrics } from '@tensorflow/tfjs-layers';

type Compare = (targets: Tensor, predictions: Tensor) => Tensor;

/** What a dense layer of three units ends with, and the targets that its loss expects. */
export interface LossCase {
  readonly loss: string | Compare;
  readonly activation: 'linear' | 'softmax' | 'sigmoid' | 'tanh' | 'softplus';
  readonly targets: 'oneHot' | 'labels' | 'binary' | 'signs' | 'numbers' | 'probabilities';
}

/** Every loss of tfjs-layers, and of tf.losses, which `compile` takes too. */
export const lossCases: Readonly<Record<string, LossCase>> = {
  meanSquaredError: { loss: 'meanSquaredError', activation: 'linear', targets: 'numbers' },
  meanAbsoluteError: { loss: 'meanAbsoluteError', activation: 'linear', targets: 'numbers' },
  meanAbsolutePercentageError: {
    loss: 'meanAbsolutePercentageError',
    activation: 'linear',
    targets: 'numbers',
  },
  meanSquaredLogarithmicError: {
    loss: 'meanSquaredLogarithmicError',
    activation: 'softplus',
    targets: 'probabilities',
  },
  squaredHinge: { loss: 'squaredHinge', activation: 'tanh', targets: 'signs' },
  hinge: { loss: 'hinge', activation: 'tanh', targets: 'signs' },
  categoricalHinge: { loss: 'categoricalHinge', activation: 'softmax', targets: 'oneHot' },
  logcosh: { loss: 'logcosh', activation: 'linear', targets: 'numbers' },
  categoricalCrossentropy: { loss: 'categoricalCrossentropy', activation: 'softmax', targets: 'oneHot' },
  sparseCategoricalCrossentropy: {
    loss: 'sparseCategoricalCrossentropy',
    activation: 'softmax',
    targets: 'labels',
  },
  binaryCrossentropy: { loss: 'binaryCrossentropy', activation: 'sigmoid', targets: 'binary' },
  kullbackLeiblerDivergence: {
    loss: 'kullbackLeiblerDivergence',
    activation: 'softmax',
    targets: 'probabilities',
  },
  poisson: { loss: 'poisson', activation: 'softplus', targets: 'probabilities' },
  cosineProximity: { loss: 'cosineProximity', activation: 'linear', targets: 'numbers' },
  'tf.losses.absoluteDifference': {
    loss: losses.absoluteDifference as Compare,
    activation: 'linear',
    targets: 'numbers',
  },
  'tf.losses.cosineDistance': {
    loss: (targets, predictions) => losses.cosineDistance(targets, predictions, 1),
    activation: 'linear',
    targets: 'numbers',
  },
  'tf.losses.hingeLoss': { loss: losses.hingeLoss as Compare, activation: 'linear', targets: 'binary' },
  'tf.losses.huberLoss': { loss: losses.huberLoss as Compare, activation: 'linear', targets: 'numbers' },
  'tf.losses.logLoss': { loss: losses.logLoss as Compare, activation: 'sigmoid', targets: 'binary' },
  'tf.losses.meanSquaredError': {
    loss: losses.meanSquaredError as Compare,
    activation: 'linear',
    targets: 'numbers',
  },
  'tf.losses.sigmoidCrossEntropy': {
    loss: losses.sigmoidCrossEntropy as Compare,
    activation: 'linear',
    targets: 'binary',
  },
  'tf.losses.softmaxCrossEntropy': {
    loss: losses.softmaxCrossEntropy as Compare,
    activation: 'linear',
    targets: 'oneHot',
  },
};

export const metricCases: Readonly<
  Record<string, Pick<LossCase, 'activation' | 'targets'> & { metric: string | Compare }>
> = {
  accuracy: { metric: 'accuracy', activation: 'softmax', targets: 'oneHot' },
  'accuracy of labels': { metric: 'accuracy', activation: 'softmax', targets: 'labels' },
  categoricalAccuracy: { metric: 'categoricalAccuracy', activation: 'softmax', targets: 'oneHot' },
  binaryAccuracy: { metric: 'binaryAccuracy', activation: 'sigmoid', targets: 'binary' },
  precision: { metric: 'precision', activation: 'linear', targets: 'binary' },
  recall: { metric: metrics.recall as Compare, activation: 'linear', targets: 'binary' },
  categoricalCrossentropy: { metric: 'categoricalCrossentropy', activation: 'softmax', targets: 'oneHot' },
  sparseCategoricalCrossentropy: {
    metric: 'sparseCategoricalCrossentropy',
    activation: 'softmax',
    targets: 'labels',
  },
  mse: { metric: 'mse', activation: 'linear', targets: 'numbers' },
  mae: { metric: 'mae', activation: 'linear', targets: 'numbers' },
  mape: { metric: 'mape', activation: 'linear', targets: 'numbers' },
  cosine: { metric: 'cosine', activation: 'linear', targets: 'numbers' },
};

/** Every optimizer, at rates at which three steps move the weights visibly. */
export const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.1, 0.9),
  nesterov: () => train.momentum(0.1, 0.9, true),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(1, 0.95, 1e-3),
  adam: () => train.adam(0.05),
  adamax: () => train.adamax(0.05),
  rmsprop: () => train.rmsprop(0.05),
  'rmsprop with momentum': () => train.rmsprop(0.05, 0.9, 0.5),
  'rmsprop, centered': () => train.rmsprop(0.05, 0.9, 0.5, 1e-8, true),
};

export const constraintsOfWeights = {
  maxNorm: () => constraints.maxNorm({ maxValue: 0.5, axis: 0 }),
  unitNorm: () => constraints.unitNorm({ axis: 0 }),
  nonNeg: () => constraints.nonNeg(),
  minMaxNorm: () => constraints.minMaxNorm({ minValue: 0.2, maxValue: 0.5, axis: 0 }),
} as const;
