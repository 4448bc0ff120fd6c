import {
  clone,
  mul,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
  type Variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { assignWeights, type Mode, scoped, type Tensors, type Weights, weightsOf } from '../src/index.js';

/** As much of a `tf.LayersModel` as its own passes need. */
type LayersModel = Parameters<typeof weightsOf>[0];

/** What tfjs-layers and the gradients of TensorFlow.js give at weights of a model, which has its own back afterwards. */
export function tfjsLayersPass(
  layersModel: LayersModel,
  weights: Weights,
  inputs: Tensors,
  mode: Mode,
  cotangent: Tensor2D,
): { readonly logits: Tensor2D; readonly gradient: Tensors; readonly statistics: Tensors } {
  const own = weightsOf(layersModel);
  const training = mode === 'training';
  const apply = () =>
    layersModel.apply((inputs.length === 1 ? inputs[0] : inputs) as Tensor, { training }) as Tensor2D;
  try {
    assignWeights(layersModel, weights);
    return scoped(() => {
      const logits = clone(apply());
      const statistics = layersModel.nonTrainableWeights.map((weight) => clone(weight.read()));
      const variables = layersModel.trainableWeights.map((weight) => weight.read() as Variable);
      const { grads } = tidy(() => variableGrads(() => sum(mul(apply(), cotangent)), variables));
      const gradient = variables.map((variable) => grads[variable.name] ?? zerosLike(variable));
      return { logits, gradient, statistics };
    });
  } finally {
    assignWeights(layersModel, own);
    for (const each of [...own.parameters, ...own.statistics]) each.dispose();
  }
}
