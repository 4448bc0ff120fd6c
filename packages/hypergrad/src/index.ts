export { addCosts, forwardEquivalents, operationCosts, plainStepCost, timesCost } from './cost.js';
export { byName, type Hypergradient, hypergradient, readHypergradient } from './hypergradient.js';
export { adam } from './inner/adam.js';
export { momentum } from './inner/momentum.js';
export { sgd } from './inner/sgd.js';
export { withWeightDecay } from './inner/with-weight-decay.js';
export {
  type FiniteDifferenceOptions,
  finiteDifference,
  paperDifference,
} from './methods/finite-difference.js';
export { forwardMode } from './methods/forward-mode.js';
export { type ImplicitOptions, implicit } from './methods/implicit.js';
export { mixed } from './methods/mixed.js';
export { unrolled } from './methods/unrolled.js';
export { type AdamDescentState, adamDescent } from './outer/adam-descent.js';
export { gradientDescent } from './outer/gradient-descent.js';
export { normalizedDescent } from './outer/normalized-descent.js';
export { signDescent } from './outer/sign-descent.js';
export {
  type ComposedBatch,
  type ComposedProblemOptions,
  composedProblem,
} from './problems/composed-problem.js';
export { type FunctionProblemOptions, functionProblem, type Loss } from './problems/function-problem.js';
export type { LogitBatch } from './problems/logit-batch.js';
export { logitProblem } from './problems/logit-problem.js';
export { withGradients } from './problems/with-gradients.js';
export { readScalars } from './read-scalars.js';
export {
  type MetaparameterRange,
  type MetaparameterSpace,
  metaparameterSpace,
} from './space/metaparameter-space.js';
export { sharedRange } from './space/shared-range.js';
export type { Interval, Transform } from './space/types.js';
export { type InnerStep, innerStep } from './step/inner-step.js';
export type * from './types.js';
export { formatHypergradientReport } from './verify/format-hypergradient-report.js';
export type * from './verify/types.js';
export { verifyHypergradient } from './verify/verify-hypergradient.js';
