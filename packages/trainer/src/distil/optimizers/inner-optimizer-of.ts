import { adam, type InnerOptimizer, momentum, sgd } from '@metadistill/hypergrad';
import { checkPart, describeValue } from '@metadistill/options';

/** What is used of an optimizer of `tf.train`. */
export interface TfOptimizer {
  getClassName(): string;
  getConfig(): object;
}

/** An inner optimizer, and the learning rate that it brings along, if it does. */
export interface GivenOptimizer {
  readonly optimizer: InnerOptimizer;
  readonly learningRate?: number;
}

interface Config {
  readonly learningRate: number;
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** The rules of `tf.train` that we have, too. */
const rules: Readonly<Record<string, (config: Config) => InnerOptimizer>> = {
  SGD: () => sgd(),
  Momentum: ({ momentum: decay, useNesterov }) => momentum({ momentum: decay, nesterov: useNesterov }),
  Adam: ({ beta1, beta2, epsilon }) => adam({ beta1, beta2, epsilon }),
};

/**
 * An optimizer of ours as it is, or the rule of one of `tf.train`, by what the object says of itself. What it has accumulated
 * stays behind.
 *
 * @throws TypeError if it is none, or has a rule that we lack.
 */
export function innerOptimizerOf(given: InnerOptimizer | TfOptimizer): GivenOptimizer {
  if (!isTfOptimizer(given)) {
    if (typeof given === 'string' || typeof given === 'function') {
      const remedy = typeof given === 'string' ? 'Pass' : 'Call it:';
      throw new TypeError(
        `distil: optimizer is ${describeValue(given)}; expected an optimizer itself. ${remedy} tf.train.adam(0.001), or leave it out.`,
      );
    }
    checkPart('distil', 'optimizer', given, 'optimizer');
    return { optimizer: given };
  }
  const rule = rules[given.getClassName()];
  if (!rule) {
    throw new TypeError(
      `distil: optimizer is ${describeValue(given)}; expected tf.train.sgd, tf.train.momentum or tf.train.adam, or an inner optimizer ` +
        'of @metadistill/hypergrad. Rules are reimplemented here, and of tf.train these three are.',
    );
  }
  const config = given.getConfig() as Config;
  return { optimizer: rule(config), learningRate: config.learningRate };
}

const isTfOptimizer = (value: unknown): value is TfOptimizer =>
  typeof value === 'object' && value !== null && 'minimize' in value && 'getConfig' in value;
