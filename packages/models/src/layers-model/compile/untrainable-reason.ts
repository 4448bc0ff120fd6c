import { failureSentence, remedyFor, trainingFailure } from '@metadistill/trainable';
import { getGradient } from '@tensorflow/tfjs-core';
import type { LayersModel, LayersModelWeight } from '../types.js';
import type { CompiledNode } from './types.js';

/** Why a model that predicts cannot be trained here, as a sentence with its remedy; undefined if it can. */
export function untrainableReason(
  { name, trainableWeights }: LayersModel,
  nodes: readonly CompiledNode[],
  refusal: string | undefined,
): string | undefined {
  if (trainableWeights.length === 0) {
    return `${name} has 0 trainable weights; expected at least one. Set trainable = true.`;
  }
  return refusal ?? failureOfForeign(name, nodes, trainableWeights);
}

/** The first node that TensorFlow.js runs and does not train on the current backend. */
function failureOfForeign(
  name: string,
  nodes: readonly CompiledNode[],
  trainable: LayersModel['trainableWeights'],
): string | undefined {
  const isTrained: boolean[] = [];
  for (const { from, weights, foreign } of nodes) {
    const byInputs = from.some((source) => isTrained[source]);
    isTrained.push(byInputs || weights.some((weight) => trainable.includes(weight as LayersModelWeight)));
    if (foreign === undefined || !isTrained.at(-1)) continue;
    if (getGradient('BatchMatMul') === undefined) {
      return "TensorFlow.js has no gradients registered; expected those of its operations. Import '@tensorflow/tfjs-layers' or '@tensorflow/tfjs', as the same copy of '@tensorflow/tfjs-core' that this package imports.";
    }
    const shapes = foreign.inputShapes.map((shape) => [null, ...shape]);
    const error = trainingFailure(foreign as never, shapes, byInputs);
    if (error === undefined) continue;
    const layer = `layer ${foreign.name} (${foreign.className})`;
    return failureSentence({ layer, model: name }, error, remedyFor(foreign as never, shapes));
  }
  return undefined;
}
