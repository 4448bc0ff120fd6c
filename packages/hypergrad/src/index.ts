export { addCosts, forwardEquivalents, operationCosts, plainStepCost, timesCost } from './cost.js';
export {
  type Hypergradient,
  type HypergradientOptions,
  hypergradient,
  readHypergradient,
} from './hypergradient.js';
export { type AdamOptions, adam } from './inner/adam.js';
export { type MomentumOptions, momentum } from './inner/momentum.js';
export { sgd } from './inner/sgd.js';
export { type WithWeightDecayOptions, withWeightDecay } from './inner/with-weight-decay.js';
export {
  type FiniteDifferenceOptions,
  finiteDifference,
  paperDifference,
} from './methods/finite-difference.js';
export { type ForwardModeOptions, forwardMode } from './methods/forward-mode.js';
export { type ImplicitOptions, implicit } from './methods/implicit.js';
export { type MixedOptions, mixed } from './methods/mixed.js';
export { type UnrolledOptions, unrolled } from './methods/unrolled.js';
export { type AdamDescentOptions, adamDescent } from './outer/adam-descent.js';
export { type GradientDescentOptions, gradientDescent } from './outer/gradient-descent.js';
export { type NormalizedDescentOptions, normalizedDescent } from './outer/normalized-descent.js';
export { type SignDescentOptions, signDescent } from './outer/sign-descent.js';
export {
  type ComposedBatch,
  type ComposedProblemOptions,
  composedProblem,
} from './problems/composed-problem.js';
export {
  type FunctionProblemOptions,
  functionProblem,
  type ProblemFunction,
} from './problems/function-problem.js';
export type { LogitBatch } from './problems/logit-batch.js';
export { type LogitProblemOptions, logitProblem } from './problems/logit-problem.js';
export { withGradients } from './problems/with-gradients.js';
export { readScalars } from './read-scalars.js';
export { type ConjugateGradientOptions, conjugateGradient } from './solvers/conjugate-gradient.js';
export { type FixedPointOptions, fixedPoint } from './solvers/fixed-point.js';
export { type IdentityOptions, identity } from './solvers/identity.js';
export { type NeumannOptions, neumann } from './solvers/neumann.js';
export type { LinearSystem, Solution, Solver } from './solvers/types.js';
export {
  describeMetaparameters,
  firstNotFinite,
  type MetaparameterLayout,
  metaparameterLayout,
  type NamedMetaparameters,
} from './space/layout.js';
export {
  type ArrayRange,
  type MetaparameterRange,
  type MetaparameterRanges,
  type MetaparameterSpace,
  metaparameterSpace,
} from './space/metaparameter-space.js';
export type { Interval } from './space/types.js';
export { type InnerStep, innerStep } from './step/inner-step.js';
export type * from './types.js';
export { formatHypergradientReport } from './verify/format-hypergradient-report.js';
export type * from './verify/types.js';
export { verifyHypergradient } from './verify/verify-hypergradient.js';
