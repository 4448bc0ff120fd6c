export {
  type FromLayersModelOptions,
  fromLayersModel,
} from './from-layers-model.js';
export { assignWeights, weightsOf } from './layers-model-weights.js';
export type {
  LayersModel,
  LayersModelLayer,
  LayersModelTensor,
  LayersModelWeight,
} from './types.js';
