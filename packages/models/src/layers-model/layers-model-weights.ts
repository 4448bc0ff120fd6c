import { checkPart } from '@metadistill/options';
import { clone, dispose, type Variable } from '@tensorflow/tfjs-core';
import { expectAlive, expectTensors } from '../check-arguments.js';
import type { TensorSpec, Weights } from '../types.js';
import type { LayersModel, LayersModelWeight } from './types.js';

/** Trainable variables, and those that no gradient moves: moving statistics and the weights of frozen layers. */
export interface LayersModelVariables {
  readonly parameters: readonly Variable[];
  readonly statistics: readonly Variable[];
}

/**
 * A copy of what a `tf.LayersModel` holds now: trainable weights as `parameters`, moving statistics and the weights of
 * frozen layers as `statistics`. The caller disposes of it (`disposeWeights`).
 */
export function weightsOf(layersModel: LayersModel): Weights {
  const { parameters, statistics } = variablesOf(layersModel);
  return {
    parameters: parameters.map((variable) => clone(variable)),
    statistics: statistics.map((variable) => clone(variable)),
  };
}

/**
 * Puts weights into a `tf.LayersModel`, which `save` and `predict` then use: the way back for a trained student.
 *
 * The weights are borrowed. Constraints of the layers are not applied.
 *
 * @throws RangeError if their count or shapes are not those of the model, or one was disposed of; the model is then left as
 *   it was.
 */
export function assignWeights(layersModel: LayersModel, weights: Weights): void {
  checkPart('assignWeights', 'layersModel', layersModel, 'layersModel');
  checkPart('assignWeights', 'weights', weights, 'weights');
  const specs = specsOf(layersModel);
  expectTensors(layersModel.name, 'weights.parameters', weights.parameters, specs.parameters);
  expectTensors(layersModel.name, 'weights.statistics', weights.statistics, specs.statistics);
  expectAlive('assignWeights', weights);
  assign(variablesOf(layersModel), weights);
}

/** The declarations of a model's weights, by the names that the layers gave them: `fc1/kernel`. */
export function specsOf(layersModel: LayersModel): {
  readonly parameters: readonly TensorSpec[];
  readonly statistics: readonly TensorSpec[];
} {
  const { trainableWeights, nonTrainableWeights } = layersModel;
  const names = [...trainableWeights, ...nonTrainableWeights].map(({ originalName }) => originalName);
  // Layers of one name in models within the model: only the names with their numbers are distinct.
  const isDistinct = new Set(names).size === names.length;
  const specOf = (weight: LayersModelWeight): TensorSpec => ({
    name: isDistinct ? weight.originalName : weight.name,
    shape: weight.read().shape,
  });
  return { parameters: trainableWeights.map(specOf), statistics: nonTrainableWeights.map(specOf) };
}

const variablesOf = ({ trainableWeights, nonTrainableWeights }: LayersModel): LayersModelVariables => ({
  // `read` returns the variable, and its type leaves that out.
  parameters: trainableWeights.map((weight) => weight.read() as Variable),
  statistics: nonTrainableWeights.map((weight) => weight.read() as Variable),
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
