import { checkOptions, describeValue } from '@metadistill/options';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectAlive, expectTensors } from '../check-arguments.js';
import type { LayeredModel } from '../model.js';
import type { Weights } from '../types.js';
import { type PlannedLayer, planLayers } from './plan-layers.js';

/** What is used of `@tensorflow/tfjs-layers`, or of `@tensorflow/tfjs`, which has all of it. */
export interface TfjsLayers<Made> {
  readonly layers: object;
  input(config: never): object;
  model(config: never): Made;
}

export interface ToLayersModelOptions<Made> {
  /** A model made of layers, such as that of `model()` or `cifarVeryTiny()`. */
  readonly model: LayeredModel;
  /** Its weights: borrowed, and in the LayersModel by value. */
  readonly weights: Weights;
  /** The tfjs-layers that makes the LayersModel, yours: `import * as tf from '@tensorflow/tfjs'`. */
  readonly tf: TfjsLayers<Made>;
}

/**
 * A model of our layers as a `tf.LayersModel` of stock layers, to save, convert and serve like any other: it predicts the
 * same logits.
 *
 * Layers are named as the parameters are, `layer1.0.bn1` for `layer1.0.bn1.weight`, and you can continue with `fit`. What differs
 * then is batch norm: Keras moves the running variance to the biased one.
 *
 * | layer | in tfjs-layers |
 * | --- | --- |
 * | `batchNormReluPool` | batch norm, ReLU, max pooling |
 * | a convolution with a number as `padding` | zero padding, then the convolution |
 * | `activation` of `geluNew` | its formula, of `multiply`, `rescaling`, `add` and tanh |
 * | `addition`, `sequential`, `graph` | the layers in them; `identity` disappears |
 * | `subtract` | `add` of what is `rescaling` by −1 |
 * | `selectFeatures`, `depthwiseConv2d` with a `dilationRate` above 1, layers of your own without `keras` | none: refused |
 *
 * @throws RangeError before anything is made, if a layer has no equal in tfjs-layers or a name that it does not take, or the weights are not those of the
 *   model or were disposed of; TypeError if `model` was not made of layers, or `tf` is not tfjs-layers.
 */
export function toLayersModel<Made>(options: ToLayersModelOptions<Made>): Made {
  checkOptions('toLayersModel', options, { model: 'layeredModel', weights: 'weights', tf: 'tfjsLayers' });
  const { model, weights, tf } = options;
  expectTensors('toLayersModel', 'weights.parameters', weights.parameters, model.parameters);
  expectTensors('toLayersModel', 'weights.statistics', weights.statistics, model.statistics);
  expectAlive('toLayersModel', weights);
  const { layers, applications, output } = planLayers(model, weights);
  expectFactories(tf.layers, layers);
  const { input, model: functional } = tf as unknown as Factories<Made>;
  const made = layers.map((layer) => make(tf.layers, layer));
  const layersModel = orDisposed(made, () => {
    const x = input({ shape: [...model.inputShape], name: 'input' });
    const read = (tensors: readonly object[], number: number) => (number < 0 ? x : tensors[number]!);
    const tensors: object[] = [];
    for (const { layer, from } of applications) {
      const inputs = from.map((each) => read(tensors, each));
      tensors.push(made[layer]!.apply(inputs.length === 1 ? inputs[0]! : inputs));
    }
    return functional({ inputs: x, outputs: read(tensors, output), name: model.name });
  });
  // A variable shares the data of what it is set to: nothing is copied.
  layers.forEach((layer, i) => {
    if (layer.weights.length > 0) made[i]!.setWeights(layer.weights);
  });
  return layersModel;
}

/** What `TfjsLayers` has, as it is called here. */
interface Factories<Made> {
  input(config: { readonly shape: readonly number[]; readonly name: string }): object;
  model(config: { readonly inputs: object; readonly outputs: object; readonly name: string }): Made;
}

interface MadeLayer {
  readonly weights: readonly { dispose(): void }[];
  apply(inputs: object): object;
  setWeights(weights: readonly Tensor[]): void;
}

/** What `body` makes of layers; if it fails, their weights are disposed of, as nobody has them. */
function orDisposed<Made>(layers: readonly MadeLayer[], body: () => Made): Made {
  try {
    return body();
  } catch (error) {
    for (const { weights } of layers) for (const weight of weights) weight.dispose();
    throw error;
  }
}

/** A layer of the user's own may name a factory that is none. */
function expectFactories(factories: object, layers: readonly PlannedLayer[]): void {
  for (const { name, factory } of layers) {
    const found = (factories as Readonly<Record<string, unknown>>)[factory];
    if (typeof found === 'function') continue;
    throw new TypeError(
      `toLayersModel: tf.layers.${factory} is ${describeValue(found)}; expected a function that makes layer ${name}. Correct keras of the layer, or install @tensorflow/tfjs-layers 4.22.`,
    );
  }
}

function make(factories: object, { factory, config, name }: PlannedLayer): MadeLayer {
  return (factories as Readonly<Record<string, (config: object) => MadeLayer>>)[factory]!({
    ...config,
    name,
  });
}
