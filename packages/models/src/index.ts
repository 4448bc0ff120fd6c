export { type FeatureModel, type Features, features, type LogitsAndFeatures } from './features.js';
export type { Padding } from './kernels/padding.js';
export { type ActivationOptions, activation } from './layers/activations/activation.js';
export { type LogSoftmaxOptions, logSoftmax } from './layers/activations/log-softmax.js';
export { type PreluOptions, prelu } from './layers/activations/prelu.js';
export { type ReluOptions, relu } from './layers/activations/relu.js';
export { type SoftmaxOptions, softmax } from './layers/activations/softmax.js';
export { type AdditionOptions, addition } from './layers/containers/addition.js';
export { type GraphNode, type GraphOptions, graph } from './layers/containers/graph.js';
export { type IdentityOptions, identity } from './layers/containers/identity.js';
export { type SequentialOptions, sequential } from './layers/containers/sequential.js';
export { type Conv1dOptions, conv1d } from './layers/convolution/conv1d.js';
export { type Conv2dOptions, conv2d } from './layers/convolution/conv2d.js';
export { type Conv2dTransposeOptions, conv2dTranspose } from './layers/convolution/conv2d-transpose.js';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './layers/convolution/depthwise-conv2d.js';
export type { WindowOptions } from './layers/convolution/window-options.js';
export { type DenseOptions, dense } from './layers/dense/dense.js';
export { type EmbeddingOptions, embedding } from './layers/embedding/embedding.js';
export { type AddOptions, add } from './layers/merging/add.js';
export { type AverageOptions, average } from './layers/merging/average.js';
export { type ConcatenateOptions, concatenate } from './layers/merging/concatenate.js';
export { type MaximumOptions, maximum } from './layers/merging/maximum.js';
export { type MinimumOptions, minimum } from './layers/merging/minimum.js';
export { type MultiplyOptions, multiply } from './layers/merging/multiply.js';
export { type SubtractOptions, subtract } from './layers/merging/subtract.js';
export { type BatchNormOptions, batchNorm } from './layers/normalization/batch-norm.js';
export {
  type BatchNormReluPoolOptions,
  batchNormReluPool,
} from './layers/normalization/batch-norm-relu-pool.js';
export { type LayerNormOptions, layerNorm } from './layers/normalization/layer-norm.js';
export { type RescalingOptions, rescaling } from './layers/normalization/rescaling.js';
export { type AveragePool1dOptions, averagePool1d } from './layers/pooling/average-pool1d.js';
export { type AveragePool2dOptions, averagePool2d } from './layers/pooling/average-pool2d.js';
export { type AveragePool3dOptions, averagePool3d } from './layers/pooling/average-pool3d.js';
export { type GlobalAveragePoolOptions, globalAveragePool } from './layers/pooling/global-average-pool.js';
export { type GlobalMaxPoolOptions, globalMaxPool } from './layers/pooling/global-max-pool.js';
export { type MaxPool1dOptions, maxPool1d } from './layers/pooling/max-pool1d.js';
export { type MaxPool2dOptions, maxPool2d } from './layers/pooling/max-pool2d.js';
export { type MaxPool3dOptions, maxPool3d } from './layers/pooling/max-pool3d.js';
export type { PoolOptions } from './layers/pooling/pool-options.js';
export { type Cropping2dOptions, cropping2d } from './layers/shape/cropping2d.js';
export { type FlattenOptions, flatten } from './layers/shape/flatten.js';
export type { Margins } from './layers/shape/margins.js';
export { type PermuteOptions, permute } from './layers/shape/permute.js';
export { type RepeatVectorOptions, repeatVector } from './layers/shape/repeat-vector.js';
export { type ReshapeOptions, reshape } from './layers/shape/reshape.js';
export { type SelectFeaturesOptions, selectFeatures } from './layers/shape/select-features.js';
export { type UpSampling2dOptions, upSampling2d } from './layers/shape/up-sampling2d.js';
export { type ZeroPadding2dOptions, zeroPadding2d } from './layers/shape/zero-padding2d.js';
export * from './layers-model/index.js';
export { type LayeredModel, type ModelOptions, model } from './model.js';
export { decodeSafetensors } from './safetensors/decode-safetensors.js';
export { encodeSafetensors } from './safetensors/encode-safetensors.js';
export { loadWeights, saveWeights } from './safetensors/save-weights.js';
export { exportTorchState, importTorchState } from './safetensors/torch-state.js';
export type {
  HostTensor,
  NamedTensors,
  SafetensorsContent,
  SafetensorsFile,
} from './safetensors/types.js';
export type { WeightSpecs } from './safetensors/weight-layout.js';
export { scoped } from './scoped.js';
export type { Size2d } from './shapes.js';
export { cifarTiny } from './students/cifar-tiny.js';
export { cifarVeryTiny } from './students/cifar-very-tiny.js';
export { type ConvNetOptions, convNet } from './students/conv-net.js';
export { fashionMnistCnn } from './students/fashion-mnist-cnn.js';
export { fashionMnistNet } from './students/fashion-mnist-net.js';
export { type LogisticRegressionOptions, logisticRegression } from './students/logistic-regression.js';
export {
  basicBlock,
  bottleneckBlock,
  type ResidualBlock,
  type ResidualBlockOptions,
} from './students/residual-blocks.js';
export { type ResnetOptions, resnet } from './students/resnet.js';
export { type Resnet18Options, resnet18 } from './students/resnet18.js';
export {
  addScaled,
  cloneWeights,
  disposeWeights,
  dotTensors,
  normTensors,
  rejectTensors,
  scaleTensors,
  zeroTensors,
} from './tensors.js';
export type * from './types.js';
