import {
  anchoredLinear,
  autoregressive,
  constant,
  dampedHolt,
  inSpace,
  linear,
  logitSpace,
  type Predictor,
  polynomial,
  smoothingSpline,
  theilSen,
} from '@metadistill/trajectory';

/** Where the metaparameters live: the distillation fraction and the temperature. */
export const bounds = [
  [0, 1],
  [0.1, 10],
] as const;

type ForEach = readonly [forFraction: Predictor, forTemperature: Predictor];

const both = (predictor: Predictor): ForEach => [predictor, predictor];

/** In coordinates that know no bounds: logits of the place inside them. */
const unconstrained = (predictor: Predictor): ForEach => [
  inSpace(predictor, logitSpace({ bounds: bounds[0] })),
  inSpace(predictor, logitSpace({ bounds: bounds[1] })),
];

/** What is compared, in the order of the tables. */
export const predictors: Readonly<Record<string, ForEach>> = {
  constant: both(constant()),
  linear: both(linear()),
  'anchored-linear': both(anchoredLinear()),
  'theil-sen': both(theilSen()),
  ar1: both(autoregressive()),
  'damped-holt': both(dampedHolt()),
  quadratic: both(polynomial({ degree: 2 })),
  'smoothing-spline': both(smoothingSpline()),
  'linear-unconstrained': unconstrained(linear()),
  'ar1-unconstrained': unconstrained(autoregressive()),
};

/** e1: iterations of a block of gradients, which are a predictor's history. */
export const blockLengths = [10, 100, 500, 1000] as const;
