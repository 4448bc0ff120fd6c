import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linear } from '../predictors/linear.js';
import { inSpace, logitSpace, logSpace } from './in-space.js';

test('a geometric trajectory continues in log space', () => {
  expect(inSpace(linear(), logSpace()).fit([1, 2, 4, 8])(2)).toBeCloseTo(32, 9);
});

test('predictions stay inside their interval, whatever the history and the horizon', () => {
  const history = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 10 });
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 1000 }), (values, stepsAhead) => {
      const predicted = inSpace(linear(), logitSpace({ bounds: [0, 1] })).fit(values)(stepsAhead);
      expect(predicted).toBeGreaterThanOrEqual(0);
      expect(predicted).toBeLessThanOrEqual(1);
    }),
  );
});

test('the maps are inverse to each other inside the interval', () => {
  const space = logitSpace({ bounds: [0.1, 10] });
  for (const value of [0.2, 1, 9.9]) expect(space.fromLine(space.toLine(value))).toBeCloseTo(value, 9);
});

test('refuses an empty interval', () => {
  expect(() => logitSpace({ bounds: [1, 1] })).toThrow(
    'logitSpace: bounds is [1, 1]; expected finite ends with low < high',
  );
  expect(() => logitSpace({ bounds: [-1e308, 1e308] })).toThrow(RangeError);
});
