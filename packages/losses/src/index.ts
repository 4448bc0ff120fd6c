export { crossEntropy } from './classification/cross-entropy.js';
export { smoothedCrossEntropy } from './classification/smoothed-cross-entropy.js';
export { convexCombination } from './combine/convex-combination.js';
export { type StandardizeOptions, standardizeLogits } from './combine/standardize-logits.js';
export { type TermNames, type WeightedTerm, weightedSum } from './combine/weighted-sum.js';
export { withFixed } from './combine/with-fixed.js';
export { type ComposedLoss, composeLoss, type TermReport } from './composed/compose-loss.js';
export type { ComposedGradient } from './composed/composed-gradient.js';
export type {
  ComposedInputs,
  FeatureTerm,
  LossTerm,
  ResponseTerm,
  TermValue,
} from './composed/loss-terms.js';
export { convexMix } from './distillation/convex-mix.js';
export { dist } from './distillation/dist.js';
export { type DistillationOptions, type DivergenceName, distillation } from './distillation/distillation.js';
export { dkd } from './distillation/dkd.js';
export {
  type GroupedTemperatureOptions,
  type GroupTemperature,
  groupedTemperature,
} from './distillation/grouped-temperature.js';
export { nkd } from './distillation/nkd.js';
export { transformedTeacher } from './distillation/transformed-teacher.js';
export { attentionTransfer } from './features/attention-transfer.js';
export { hint } from './features/hint.js';
export { type AdaptedLoss, linearAdapter } from './features/linear-adapter.js';
export { pkt } from './features/pkt.js';
export { relationalAngle } from './features/relational-angle.js';
export { relationalDistance } from './features/relational-distance.js';
export { similarityPreserving } from './features/similarity-preserving.js';
export type { FeatureLoss } from './features/types.js';
export { fromAuthorsCodeLambda, fromConvexWeights, fromPaperLambda } from './lambda-conventions.js';
export { checkFiniteLogits } from './metrics/check-finite-logits.js';
export { checkLabels } from './metrics/check-labels.js';
export { evaluate } from './metrics/evaluate.js';
export {
  classificationMetrics,
  type Metrics,
  type MetricsOptions,
  type TeacherMetrics,
  teacherMetrics,
} from './metrics/metrics.js';
export type { Scaling, ValueAndGradient } from './softmax/fused-kernels.js';
export {
  cacheTeacher,
  type StoredTeacherLogits,
  type TeacherBatch,
  type TeacherCache,
  teacherCache,
} from './teacher-cache.js';
export type * from './types.js';
