import { expect, test } from 'vitest';
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  warmUp,
} from './schedules.js';

test('a line reaches its end and stays there', () => {
  const schedule = linearSchedule({ from: 1, to: 5, iterations: 4 });
  expect([0, 1, 2, 4, 100].map(schedule)).toEqual([1, 2, 3, 5, 5]);
});

test('a cosine starts and ends level and is half way in the middle', () => {
  const schedule = cosineSchedule({ from: 4, to: 0, iterations: 100 });
  expect(schedule(0)).toBe(4);
  expect(schedule(50)).toBeCloseTo(2, 12);
  expect(schedule(100)).toBeCloseTo(0, 12);
  expect(schedule(0) - schedule(1)).toBeLessThan((schedule(49) - schedule(51)) / 10);
});

test('an exponential schedule steps down by its factor', () => {
  const schedule = exponentialSchedule({ from: 1, factor: 0.5, every: 10 });
  expect([0, 9, 10, 19, 20].map(schedule)).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

test('warm-up scales another schedule up from zero', () => {
  const schedule = warmUp(constantSchedule(8), 20);
  expect([0, 5, 20, 30].map(schedule)).toEqual([0, 2, 8, 8]);
});

test('refuses lengths and factors that make no schedule', () => {
  expect(() => linearSchedule({ from: 0, to: 1, iterations: 0 })).toThrow('iterations is 0');
  expect(() => warmUp(constantSchedule(1), 1.5)).toThrow('iterations is 1.5');
  expect(() => exponentialSchedule({ from: 1, factor: 0, every: 1 })).toThrow('factor is 0');
});
