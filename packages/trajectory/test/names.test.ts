import { expect, test } from 'vitest';
import {
  adaptive,
  alternate,
  always,
  anchoredLinear,
  autoregressive,
  constant,
  dampedHolt,
  everyKth,
  inSpace,
  linear,
  logitSpace,
  logSpace,
  never,
  polynomial,
  smoothingSpline,
  theilSen,
} from '../src/index.js';

const named = {
  constant: constant(),
  linear: linear(),
  anchoredLinear: anchoredLinear(),
  autoregressive: autoregressive(),
  dampedHolt: dampedHolt(),
  theilSen: theilSen(),
  'polynomial(degree=2)': polynomial({ degree: 2 }),
  'smoothingSpline(bandwidth=0.2)': smoothingSpline({ bandwidth: 0.2 }),
  'linear in log': inSpace(linear(), logSpace()),
  'linear in logit(0.1, 10)': inSpace(linear(), logitSpace({ bounds: [0.1, 10] })),
  always: always(),
  never: never(),
  'everyKth(3)': everyKth(3),
  'alternate(10x2, linear)': alternate({ gradientIterations: 10, period: 2, predictor: linear() }),
  'alternate(3+2, linear, projected)': alternate({
    gradientIterations: 3,
    predictedIterations: 2,
    predictor: linear(),
    bounds: [[0, 1]],
  }),
  'adaptive(linear | constant, budget=1.5)': adaptive({ predictor: [linear(), constant()], budget: 1.5 }),
};

// Names are what logs and tables tell settings apart by.
test.each(Object.entries(named))('%s has its settings in its name', (name, value) => {
  expect(value.name).toBe(name);
});
