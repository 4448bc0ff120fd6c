export { centralDifference } from './central-difference.js';
export { expectNoLeak } from './expect-no-leak.js';
export {
  type Matrix,
  type Quadratic,
  quadraticHypergradient,
  quadraticProblem,
} from './quadratic-problem.js';
export { type Numbers, relativeError, toNumbers } from './relative-error.js';
export { type Regression, ridgeProblem, ridgeValidationAfterStep } from './ridge-problem.js';
