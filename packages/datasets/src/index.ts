export { checkNormalization } from './batches/check-normalization.js';
export { type Augmentation, type FlipAndCropOptions, flipAndCrop } from './batches/flip-and-crop.js';
export { type AugmentPixels, disposeBatch, type MakeBatchOptions, makeBatch } from './batches/make-batch.js';
export { type BatchPlan, type PlanBatchesOptions, planBatches } from './batches/plan-batches.js';
export { decodeCifar10 } from './formats/cifar-format.js';
export { decodeIdx, type IdxArray } from './formats/idx-format.js';
export { decodeNpy, encodeNpy } from './formats/npy-format.js';
export {
  type NumpyRandom,
  type NumpyRandomState,
  numpyRandom,
  restoreNumpyRandom,
} from './random/numpy-random.js';
export {
  restoreTorchRandom,
  type TorchRandom,
  type TorchRandomState,
  torchRandom,
} from './random/torch-random.js';
export { channelStatistics } from './sets/channel-statistics.js';
export { checkDataset, checkDatasetInParts } from './sets/check-dataset.js';
export { cifar10Classes, publishedCifar10Normalization } from './sets/cifar10.js';
export {
  fashionMnist,
  fashionMnistClasses,
  publishedFashionMnistNormalization,
} from './sets/fashion-mnist.js';
export { type FingerprintPart, fingerprint } from './sets/fingerprint.js';
export { type MapTeacherClassesOptions, mapTeacherClasses } from './sets/map-teacher-classes.js';
export { exampleSize, holdOutLast, sliceExamples, sliceTeacherLogits } from './sets/split.js';
export {
  paperSyntheticSizes,
  type SyntheticData,
  type SyntheticDataOptions,
  type SyntheticSizes,
  syntheticData,
} from './sets/synthetic.js';
export { checkTeacherLogits, type LogitExamples } from './sets/teacher-logits.js';
export type {
  Batch,
  BinaryFile,
  Dataset,
  FloatArray,
  Normalization,
  TeacherLogits,
  TrainTest,
} from './types.js';
