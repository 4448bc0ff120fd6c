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

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('logSpace refuses a smallest of %d', (smallest) => {
  expect(() => logSpace({ smallest })).toThrow(
    `logSpace: smallest is ${smallest}; expected a finite number above 0.`,
  );
});

test.each([0, -0.1, 0.5, 0.7, Number.NaN])('logitSpace refuses a margin of %d', (margin) => {
  expect(() => logitSpace({ bounds: [0, 1], margin })).toThrow(
    `logitSpace: margin is ${margin}; expected a share of the interval, in (0, 0.5).`,
  );
});

test('both refuse an option that they do not have', () => {
  expect(() => logSpace({ smalest: 1 } as object)).toThrow("logSpace: unknown option 'smalest'");
  expect(() => logitSpace({ bounds: [0, 1], margn: 0.1 } as never)).toThrow(
    "logitSpace: unknown option 'margn'",
  );
});

test('values below the smallest, or nearer to an end than the margin, count as these', () => {
  expect(logSpace({ smallest: 0.1 }).toLine(0.01)).toBe(Math.log(0.1));
  const { toLine } = logitSpace({ bounds: [0, 10], margin: 0.2 });
  expect([0, 2].map(toLine)).toEqual([Math.log(0.25), Math.log(0.25)]);
  expect(toLine(10)).toBeCloseTo(Math.log(4), 12);
});
