export { constantBatch } from './constant-batch.js';
export { type DistilOptions, distil, type EpochReport } from './distil.js';
export { DivergedError } from './diverged-error.js';
export { type MiniBatches, type MiniBatchOptions, miniBatches } from './mini-batches.js';
export { predictLogits } from './predict-logits.js';
export { startTraining } from './start-training.js';
export { train } from './train.js';
export { disposeTrainingState } from './training-state.js';
export type * from './types.js';
