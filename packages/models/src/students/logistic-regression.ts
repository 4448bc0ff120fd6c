import { checkOptions } from '@metadistill/options';
import { dense } from '../layers/dense/dense.js';
import { selectFeatures } from '../layers/shape/select-features.js';
import { type LayeredModel, model } from '../model.js';

export interface LogisticRegressionOptions {
  /** Columns of an example. */
  readonly inputs: number;
  readonly classes: number;
  /** The columns that the model sees, in its order; by default all of them. */
  readonly features?: readonly number[];
}

/**
 * Multinomial logistic regression, logits = xW + b, on `[batch, inputs]`; the model of the paper's synthetic
 * experiment, whose teacher sees features 0, 1, 2 of an example and the student 0, 1, 3.
 *
 * Starts from the weights of PyTorch's `nn.Linear(features, classes)`.
 */
export function logisticRegression(options: LogisticRegressionOptions): LayeredModel {
  checkOptions('logisticRegression', options, { inputs: 'number', classes: 'number', features: true });
  const { inputs, classes, features } = options;
  const linear = dense({ inputs: features?.length ?? inputs, outputs: classes, name: 'linear' });
  return model({
    name: 'logisticRegression',
    inputShape: [inputs],
    classes,
    layers: features === undefined ? [linear] : [selectFeatures({ inputs, features }), linear],
  });
}
