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

/** One way to make each part; options come with a key that does not exist, for parts that take options. */
interface Part<Made> {
  readonly make: () => Made;
  readonly misspelt?: () => Made;
}

const unknown = { bogus: 1 } as object;

/** Every file of `src/predictors`. */
export const everyPredictor: Readonly<Record<string, Part<Predictor>>> = {
  anchoredLinear: { make: anchoredLinear },
  autoregressive: { make: autoregressive },
  constant: { make: constant },
  dampedHolt: { make: dampedHolt, misspelt: () => dampedHolt(unknown) },
  linear: { make: linear },
  polynomial: {
    make: () => polynomial({ degree: 2 }),
    misspelt: () => polynomial({ degree: 2, ...unknown }),
  },
  smoothingSpline: { make: smoothingSpline, misspelt: () => smoothingSpline(unknown) },
  theilSen: { make: theilSen },
};

/** Every file of `src/controllers`, for two metaparameters. */
export const everyController: Readonly<Record<string, Part<Controller>>> = {
  adaptive: {
    make: () => adaptive({ predictor: linear(), budget: 1.5 }) as Controller,
    misspelt: () => adaptive({ predictor: linear(), budget: 1.5, ...unknown }) as Controller,
  },
  alternate: {
    make: () => alternate({ gradientIterations: 3, period: 3, predictor: linear() }) as Controller,
    misspelt: () =>
      alternate({ gradientIterations: 3, period: 3, predictor: linear(), ...unknown }) as Controller,
  },
  always: { make: always as () => Controller },
  everyKth: { make: () => everyKth(3) as Controller },
  never: { make: never as () => Controller },
};
