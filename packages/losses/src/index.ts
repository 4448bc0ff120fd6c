export { checkFiniteLogits } from './check-finite-logits.js';
export { checkLabels } from './check-labels.js';
export { type ComposedLoss, composeLoss, type TermReport } from './compose-loss.js';
export type { ComposedGradient } from './composed-gradient.js';
export { convexCombination } from './convex-combination.js';
export { convexMix } from './convex-mix.js';
export { crossEntropy } from './cross-entropy.js';
export { dist } from './dist.js';
export { type DistillationOptions, type DivergenceName, distillation } from './distillation.js';
export { dkd } from './dkd.js';
export { evaluate } from './evaluate.js';
export { attentionTransfer } from './features/attention-transfer.js';
export { hint } from './features/hint.js';
export { type AdaptedLoss, linearAdapter } from './features/linear-adapter.js';
export { pkt } from './features/pkt.js';
export { relationalAngle } from './features/relational-angle.js';
export { relationalDistance } from './features/relational-distance.js';
export { similarityPreserving } from './features/similarity-preserving.js';
export type { FeatureLoss } from './features/types.js';
export { type FingerprintPart, fingerprint } from './fingerprint.js';
export type { Scaling, ValueAndGradient } from './fused-kernels.js';
export {
  type GroupedTemperatureOptions,
  type GroupTemperature,
  groupedTemperature,
} from './grouped-temperature.js';
export { fromAuthorsCodeLambda, fromConvexWeights, fromPaperLambda } from './lambda-conventions.js';
export type { ComposedInputs, FeatureTerm, LossTerm, ResponseTerm, TermValue } from './loss-terms.js';
export {
  classificationMetrics,
  type Metrics,
  type MetricsOptions,
  type TeacherMetrics,
  teacherMetrics,
} from './metrics.js';
export { nkd } from './nkd.js';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  type Ramp,
  type Schedule,
  warmUp,
} from './schedules.js';
export { smoothedCrossEntropy } from './smoothed-cross-entropy.js';
export { type StandardizeOptions, standardizeLogits } from './standardize-logits.js';
export {
  cacheTeacher,
  type StoredTeacherLogits,
  type TeacherBatch,
  type TeacherCache,
  teacherCache,
} from './teacher-cache.js';
export { transformedTeacher } from './transformed-teacher.js';
export type * from './types.js';
export { type TermNames, type WeightedTerm, weightedSum } from './weighted-sum.js';
export { withFixed } from './with-fixed.js';
