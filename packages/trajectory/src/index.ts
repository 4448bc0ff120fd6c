export { type AdaptiveOptions, type AdaptiveState, adaptive } from './controllers/adaptive.js';
export { type AlternateOptions, type AlternateState, alternate } from './controllers/alternate.js';
export { always } from './controllers/always.js';
export { everyKth } from './controllers/every-kth.js';
export { never } from './controllers/never.js';
export type { Predictors } from './fit-each.js';
export { anchoredLinear } from './predictors/anchored-linear.js';
export { autoregressive } from './predictors/autoregressive.js';
export { constant } from './predictors/constant.js';
export { type DampedHoltOptions, dampedHolt } from './predictors/damped-holt.js';
export { linear } from './predictors/linear.js';
export { type PolynomialOptions, polynomial } from './predictors/polynomial.js';
export { type SmoothingSplineOptions, smoothingSpline } from './predictors/smoothing-spline.js';
export { theilSen } from './predictors/theil-sen.js';
export { type Bounds, projectOntoBox } from './space/bounds.js';
export {
  inSpace,
  type LogitSpaceOptions,
  type LogSpaceOptions,
  logitSpace,
  logSpace,
  type PredictionSpace,
} from './space/in-space.js';
export type * from './types.js';
