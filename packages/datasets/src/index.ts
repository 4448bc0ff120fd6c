export { type BatchOptions, type BatchPlan, batchIndices, planBatches } from './batches.js';
export { checkDataset } from './check-dataset.js';
export { decodeCifar10 } from './cifar-format.js';
export { cifar10Classes, publishedCifar10Normalization } from './cifar10.js';
export { fashionMnist, fashionMnistClasses, publishedFashionMnistNormalization } from './fashion-mnist.js';
export { type Augmentation, type FlipAndCropOptions, flipAndCrop } from './flip-and-crop.js';
export { decodeIdx, type IdxArray } from './idx-format.js';
export { type AugmentPixels, disposeBatch, makeBatch } from './make-batch.js';
export {
  type MersenneTwister,
  type MersenneTwisterState,
  mersenneTwister,
  restoreMersenneTwister,
} from './mersenne-twister.js';
export { channelStatistics } from './normalize.js';
export { decodeNpy, encodeNpy } from './npy-format.js';
export { type NumpyRandom, type NumpyRandomState, numpyRandom, restoreNumpyRandom } from './numpy-random.js';
export { exampleSize, holdOutLast, sliceExamples, sliceTeacherLogits } from './split.js';
export {
  paperSyntheticSizes,
  type SyntheticData,
  type SyntheticOptions,
  type SyntheticSizes,
  syntheticData,
} from './synthetic.js';
export { checkTeacherLogits, type LogitExamples } from './teacher-logits.js';
export { restoreTorchRandom, type TorchRandom, type TorchRandomState, torchRandom } from './torch-random.js';
export type {
  Batch,
  BinaryFile,
  Dataset,
  FloatArray,
  Normalization,
  TeacherLogits,
  TrainTest,
} from './types.js';
