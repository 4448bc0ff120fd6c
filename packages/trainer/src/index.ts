export { constantBatch } from './constant-batch.js';
export { type DistilOptions, distil, type EpochReport } from './distil.js';
export { DivergedError } from './diverged-error.js';
export {
  type LiveTeacher,
  type MiniBatches,
  type MiniBatchOptions,
  miniBatches,
  type SeededAugmentation,
} from './mini-batches.js';
export { predictLogits } from './predict-logits.js';
export { restoreTraining, type StoredTensor, snapshotTraining, type TrainingSnapshot } from './snapshot.js';
export { startTraining } from './start-training.js';
export { train } from './train.js';
export { disposeTrainingState } from './training-state.js';
export type * from './types.js';
