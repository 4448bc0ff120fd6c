import { checkPart } from '@metadistill/options';
import { clone, dispose, type Variable } from '@tensorflow/tfjs-core';
import { expectAlive, expectTensors } from '../check-arguments.js';
import type { TensorSpec, Weights } from '../types.js';
import { layersWithin } from './layers-within.js';
import type { LayersModel, LayersModelWeight } from './types.js';

/** The weights of a `tf.LayersModel`, each once: trainable ones, and those that no gradient moves. */
export interface ListedWeights {
  readonly parameters: readonly LayersModelWeight[];
  readonly statistics: readonly LayersModelWeight[];
}

/** Trainable variables, and those that no gradient moves: moving statistics and the weights of frozen layers. */
export interface LayersModelVariables {
  readonly parameters: readonly Variable[];
  readonly statistics: readonly Variable[];
}

/** How models were listed last. Their own lists change: when they are built, and when a layer is frozen. */
const lists = new WeakMap<LayersModel, ListedWeights>();

/**
 * Lists the weights of a model, which stay in these lists until it is listed again.
 *
 * tfjs-layers lists a weight once per model within the model that has it, and the statistics of frozen models in another order
 * once they are built: here each comes once, statistics in the order of the layers.
 */
export function listWeights(layersModel: LayersModel): ListedWeights {
  const parameters = new Set(layersModel.trainableWeights);
  const all = new Set([...weightsWithin(layersModel), ...layersModel.nonTrainableWeights]);
  const others = new Set(layersModel.nonTrainableWeights);
  const listed = {
    parameters: [...parameters],
    statistics: [...all].filter((weight) => others.has(weight) && !parameters.has(weight)),
  };
  lists.set(layersModel, listed);
  return listed;
}

/** Those of the layers that hold no others. */
const weightsWithin = (layersModel: LayersModel): LayersModelWeight[] =>
  layersWithin(layersModel)
    .filter((layer) => layersWithin(layer).length === 0)
    .flatMap((layer) => [...layer.trainableWeights, ...layer.nonTrainableWeights]);

/** As they were listed last, unless the model has other weights since. */
function listedWeights(layersModel: LayersModel): ListedWeights {
  const listed = lists.get(layersModel);
  const now = new Set([...layersModel.trainableWeights, ...layersModel.nonTrainableWeights]);
  const before = listed && [...listed.parameters, ...listed.statistics];
  const isSame = before?.length === now.size && before.every((weight) => now.has(weight));
  return listed && isSame ? listed : listWeights(layersModel);
}

/**
 * A copy of what a `tf.LayersModel` holds now: trainable weights as `parameters`, moving statistics and the weights of
 * frozen layers as `statistics`. The caller disposes of it (`disposeWeights`).
 *
 * What counts as frozen is settled by the last `fromLayersModel`, or by the first call if there was none, so that weights
 * fit the compiled model whichever layers you freeze later.
 */
export const weightsOf = (layersModel: LayersModel): Weights => copyOf(listedWeights(layersModel));

/** A copy of what these weights hold now. */
export const copyOf = ({ parameters, statistics }: ListedWeights): Weights => ({
  parameters: parameters.map((weight) => clone(weight.read())),
  statistics: statistics.map((weight) => clone(weight.read())),
});

/**
 * Puts weights into a `tf.LayersModel`, which `save` and `predict` then use: the way back for a trained student.
 *
 * The weights are borrowed, in the lists of the last `fromLayersModel`; see `weightsOf`. Those of an earlier one, before layers
 * were frozen, take its `assign`. Constraints of the layers are not applied.
 *
 * @throws RangeError if their count or shapes are not those of the model, or one was disposed of; the model is then left as
 *   it was.
 */
export function assignWeights(layersModel: LayersModel, weights: Weights): void {
  checkPart('assignWeights', 'layersModel', layersModel, 'layersModel');
  assignListed('assignWeights', layersModel.name, listedWeights(layersModel), weights);
}

/** Puts weights into those that are listed, after all checks. */
export function assignListed(caller: string, name: string, listed: ListedWeights, weights: Weights): void {
  checkPart(caller, 'weights', weights, 'weights');
  const specs = specsOf(listed);
  expectTensors(name, 'weights.parameters', weights.parameters, specs.parameters);
  expectTensors(name, 'weights.statistics', weights.statistics, specs.statistics);
  expectAlive(caller, weights);
  assign(variablesOf(listed), weights);
}

/** The declarations of listed weights, by the names that the layers gave them: `fc1/kernel`. */
export function specsOf({ parameters, statistics }: ListedWeights): {
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
} {
  const names = [...parameters, ...statistics].map(({ originalName }) => originalName);
  // Layers of one name in models within the model: only the names with their numbers are distinct.
  const isDistinct = new Set(names).size === names.length;
  const specOf = (weight: LayersModelWeight): TensorSpec => ({
    name: isDistinct ? weight.originalName : weight.name,
    shape: weight.read().shape,
  });
  return { parameters: parameters.map(specOf), statistics: statistics.map(specOf) };
}

const variablesOf = ({ parameters, statistics }: ListedWeights): LayersModelVariables => ({
  // `read` returns the variable, and its type leaves that out.
  parameters: parameters.map((weight) => weight.read() as Variable),
  statistics: statistics.map((weight) => weight.read() as Variable),
});

/** Runs `body` while the variables hold the weights given, and gives them their own values back. */
export function holding<Result>(
  variables: LayersModelVariables,
  weights: Weights,
  body: () => Result,
): Result {
  const own = {
    parameters: variables.parameters.map((variable) => clone(variable)),
    statistics: variables.statistics.map((variable) => clone(variable)),
  };
  try {
    assign(variables, weights);
    return body();
  } finally {
    assign(variables, own);
    dispose([...own.parameters, ...own.statistics]);
  }
}

/** Variables share the data of what is assigned to them: nothing is copied. */
function assign(variables: LayersModelVariables, { parameters, statistics }: Weights): void {
  const values = [...parameters, ...statistics];
  [...variables.parameters, ...variables.statistics].forEach((variable, i) => {
    variable.assign(values[i] as (typeof values)[number]);
  });
}
