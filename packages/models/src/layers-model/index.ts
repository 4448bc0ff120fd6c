export type { LayerCompilation } from './compile/compile-nodes.js';
export { type CompiledModel, type FromLayersModelOptions, fromLayersModel } from './from-layers-model.js';
export type { InputShape } from './input-shapes.js';
export { assignWeights, weightsOf } from './layers-model-weights.js';
export { type TfjsLayers, type ToLayersModelOptions, toLayersModel } from './to-layers-model.js';
export type {
  LayersModel,
  LayersModelLayer,
  LayersModelNode,
  LayersModelTensor,
  LayersModelWeight,
} from './types.js';
