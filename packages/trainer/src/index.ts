export { constantBatch } from './batches/constant-batch.js';
export {
  type LiveTeacher,
  type MiniBatches,
  type MiniBatchesOptions,
  miniBatches,
  type SeededAugmentation,
} from './batches/mini-batches.js';
export type { EarlyStopping } from './distil/callbacks/early-stopping.js';
export type { DistilCallback, DistilLogs, DistilParams } from './distil/callbacks/types.js';
export { distil } from './distil/distil.js';
export type { DistilOptions, TeacherNetwork } from './distil/distil-options.js';
export type { DistilHistory, DistilRun } from './distil/distil-run.js';
export type { EpochReport } from './distil/epoch-report.js';
export type { Examples } from './distil/inputs/examples-of.js';
export type { TfDataset } from './distil/inputs/is-tf-dataset.js';
export type { NestedNumbers, Numbers } from './distil/inputs/values-of.js';
export type { DistilMetric } from './distil/metrics/metric-of.js';
export type { TfOptimizer } from './distil/optimizers/inner-optimizer-of.js';
export type { CachedAnswers } from './distil/teachers/cached-logits.js';
export { DivergedError } from './diverged-error.js';
export { predictLogits } from './predict-logits.js';
export {
  type ExponentialScheduleOptions,
  exponentialSchedule,
} from './schedules/exponential-schedule.js';
export {
  type CosineScheduleOptions,
  cosineSchedule,
  type LinearScheduleOptions,
  linearSchedule,
} from './schedules/ramps.js';
export type { Ramp, Schedule } from './schedules/schedule.js';
export { type WarmUpOptions, warmUp } from './schedules/warm-up.js';
export {
  restoreTraining,
  type StoredTensor,
  snapshotTraining,
  type TrainingSnapshot,
} from './state/snapshot.js';
export { type StartTrainingOptions, startTraining } from './state/start-training.js';
export { disposeTrainingState } from './state/training-state.js';
export { type ArraySummary, summarizeMetaparameters } from './summarize-metaparameters.js';
export { train } from './train.js';
export type * from './types.js';
