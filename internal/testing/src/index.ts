export { centralDifference } from './central-difference.js';
export { countingModel, type Passes } from './counting-model.js';
export { dartsToy } from './darts-toy.js';
export { expectNoLeak } from './expect-no-leak.js';
export { expectOnlyReturned, type Returned } from './expect-only-returned.js';
export { chromiumFlags, findChromium } from './find-chromium.js';
export { inFloat64 } from './in-float64.js';
export {
  logisticImplicit,
  logisticOptimum,
  logisticProblem,
  logisticValidationAfter,
} from './logistic-problem.js';
export { axpy, inner, type Matrix, solve, times, transposed } from './matrices.js';
export { expectMutantsHandled, type MutantsOptions } from './mutants.js';
export {
  quadraticAfter,
  quadraticImplicit,
  quadraticOptimum,
  quadraticUnrolled,
} from './quadratic-hypergradients.js';
export { type Quadratic, quadraticProblem } from './quadratic-problem.js';
export { type Numbers, relativeError, toNumbers } from './relative-error.js';
export {
  type Regression,
  ridgeImplicit,
  ridgeOptimum,
  ridgeProblem,
  ridgeValidationAfter,
} from './ridge-problem.js';
export { runReadme } from './run-readme.js';
export { testMistakes } from './test-mistakes.js';
