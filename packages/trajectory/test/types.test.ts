import { expectTypeOf, test } from 'vitest';
import {
  adaptive,
  alternate,
  inSpace,
  linear,
  logitSpace,
  type Predictor,
  polynomial,
} from '../src/index.js';

// Nothing here runs: the type check of the package holds what must compile, and that the rest does not.

test('a predictor stays a predictor in another space', () => {
  expectTypeOf(inSpace(linear(), logitSpace({ bounds: [0, 1] }))).toEqualTypeOf<Predictor>();
});

test('what a function needs cannot be left out or misspelt', () => {
  // @ts-expect-error: no degree.
  void (() => polynomial({}));
  // @ts-expect-error: no budget.
  void (() => adaptive({ predictor: linear() }));
  // @ts-expect-error: no predictor.
  void (() => alternate({ gradientIterations: 5, period: 2 }));
  // @ts-expect-error: a misspelt option.
  void (() => alternate({ gradientIterations: 5, perod: 2, predictor: linear() }));
  // @ts-expect-error: a predictor that was not made.
  void (() => adaptive({ predictor: linear, budget: 1.5 }));
  // @ts-expect-error: bounds by position.
  void (() => logitSpace(0, 1));
});
