export {
  type CalibratedCrossEntropyOptions,
  calibratedCrossEntropy,
} from './classification/calibrated-cross-entropy.js';
export { type CrossEntropyOptions, crossEntropy } from './classification/cross-entropy.js';
export { type ExpectedErrorOptions, expectedError } from './classification/expected-error.js';
export { smoothedCrossEntropy } from './classification/smoothed-cross-entropy.js';
export { type ConvexCombinationOptions, convexCombination } from './combine/convex-combination.js';
export { type StandardizeLogitsOptions, standardizeLogits } from './combine/standardize-logits.js';
export { type WeightedExamplesOptions, weightedExamples } from './combine/weighted-examples.js';
export {
  type TermNames,
  type WeightedSumOptions,
  type WeightedTerm,
  weightedSum,
} from './combine/weighted-sum.js';
export { withFixed } from './combine/with-fixed.js';
export {
  type ComposedLoss,
  type ComposeLossOptions,
  composeLoss,
  type TermReport,
} from './composed/compose-loss.js';
export type { ComposedGradient, ComposedTangent } from './composed/composed-gradient.js';
export type {
  ComposedInputs,
  FeatureTerm,
  LossTerm,
  ResponseTerm,
  TermValue,
} from './composed/loss-terms.js';
export {
  type AgreementTemperatureOptions,
  agreementTemperature,
} from './distillation/agreement-temperature.js';
export { type ConvexMixOptions, convexMix } from './distillation/convex-mix.js';
export { type DistOptions, dist } from './distillation/dist.js';
export { type DistillationOptions, type DivergenceName, distillation } from './distillation/distillation.js';
export { type DkdOptions, dkd } from './distillation/dkd.js';
export { type GroupedTemperatureOptions, groupedTemperature } from './distillation/grouped-temperature.js';
export { nkd } from './distillation/nkd.js';
export { type TeacherAgreementOptions, teacherAgreement } from './distillation/teacher-agreement.js';
export { type TransformedTeacherOptions, transformedTeacher } from './distillation/transformed-teacher.js';
export { type AttentionTransferOptions, attentionTransfer } from './features/attention-transfer.js';
export { hint } from './features/hint.js';
export { type AdaptedLoss, linearAdapter } from './features/linear-adapter.js';
export { type PktOptions, pkt } from './features/pkt.js';
export { relationalAngle } from './features/relational-angle.js';
export { relationalDistance } from './features/relational-distance.js';
export { similarityPreserving } from './features/similarity-preserving.js';
export type { FeatureLoss } from './features/types.js';
export { type FromConvexWeightsOptions, fromConvexWeights, fromPaperLambda } from './lambda-conventions.js';
export { type EvaluateOptions, evaluate } from './metrics/evaluate.js';
export {
  type ClassificationMetricsOptions,
  classificationMetrics,
  type Metrics,
  type TeacherMetrics,
  type TeacherMetricsOptions,
  teacherMetrics,
} from './metrics/metrics.js';
export { type MatchedScalingOptions, matchedScaling } from './scaling/matched-scaling.js';
export type { Scaling, TemperatureFactor } from './scaling/temperature-factor.js';
export type { ValueAndGradient } from './softmax/fused-kernels.js';
export type { CachedLogits } from './teachers/cached-logits.js';
export { type CountedTrustOptions, countedTrust } from './teachers/counted-trust.js';
export { type TrustMixMetaparameter, type TrustMixOptions, trustMix } from './teachers/trust-mix.js';
export type * from './types.js';
