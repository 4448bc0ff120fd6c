import { expect, test } from 'vitest';
import { cosineSchedule, linearSchedule } from './ramps.js';

test('a line reaches its end and stays there', () => {
  const schedule = linearSchedule({ from: 1, to: 5, iterations: 4 });
  expect([0, 1, 2, 4, 100].map(schedule)).toEqual([1, 2, 3, 5, 5]);
});

test('a cosine starts and ends level and is half way in the middle', () => {
  const schedule = cosineSchedule({ from: 4, to: 0, iterations: 100 });
  expect(schedule(0)).toBe(4);
  expect(schedule(50)).toBeCloseTo(2, 12);
  expect(schedule(100)).toBeCloseTo(0, 12);
  expect(schedule(300)).toBe(schedule(100));
  expect(schedule(0) - schedule(1)).toBeLessThan((schedule(49) - schedule(51)) / 10);
});

test.each([
  ['linearSchedule', linearSchedule],
  ['cosineSchedule', cosineSchedule],
])('%s refuses lengths and rates that make no schedule, and options that it does not have', (name, make) => {
  const ramp = { from: 1, to: 0, iterations: 5 };
  expect(() => make({ ...ramp, iterations: 0 })).toThrow(
    `${name}: iterations is 0; expected an integer of at least 1. Count iterations, not epochs.`,
  );
  expect(() => make({ ...ramp, iterations: 1.5 })).toThrow(`${name}: iterations is 1.5`);
  expect(() => make({ ...ramp, from: -1 })).toThrow(
    `${name}: from is -1; expected a finite number of at least 0.`,
  );
  expect(() => make({ ...ramp, to: Number.NaN })).toThrow(`${name}: to is NaN`);
  expect(() => make({ ...ramp, to: Number.POSITIVE_INFINITY })).toThrow(`${name}: to is Infinity`);
  expect(() => make({ ...ramp, iteration: 5 } as never)).toThrow(`${name}: unknown option 'iteration'`);
});
