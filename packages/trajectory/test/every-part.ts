import { adaptive } from '../src/controllers/adaptive.js';
import { alternate } from '../src/controllers/alternate.js';
import { always } from '../src/controllers/always.js';
import { everyKth } from '../src/controllers/every-kth.js';
import { never } from '../src/controllers/never.js';
import { anchoredLinear } from '../src/predictors/anchored-linear.js';
import { autoregressive } from '../src/predictors/autoregressive.js';
import { constant } from '../src/predictors/constant.js';
import { dampedHolt } from '../src/predictors/damped-holt.js';
import { linear } from '../src/predictors/linear.js';
import { polynomial } from '../src/predictors/polynomial.js';
import { smoothingSpline } from '../src/predictors/smoothing-spline.js';
import { theilSen } from '../src/predictors/theil-sen.js';
import type { Controller, Predictor } from '../src/types.js';

/** Every file of `src/predictors`. */
export const everyPredictor: Readonly<Record<string, () => Predictor>> = {
  anchoredLinear,
  autoregressive,
  constant,
  dampedHolt,
  linear,
  polynomial: () => polynomial({ degree: 2 }),
  smoothingSpline,
  theilSen,
};

/** Every file of `src/controllers`, for two metaparameters. */
export const everyController: Readonly<Record<string, () => Controller>> = {
  adaptive: () => adaptive({ predictor: linear(), budget: 1.5 }) as Controller,
  alternate: () => alternate({ gradientIterations: 3, period: 3, predictor: linear() }) as Controller,
  always: always as () => Controller,
  everyKth: () => everyKth(3) as Controller,
  never: never as () => Controller,
};
