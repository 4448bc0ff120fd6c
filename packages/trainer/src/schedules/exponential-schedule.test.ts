import { expect, test } from 'vitest';
import { exponentialSchedule } from './exponential-schedule.js';

test('steps down by its factor', () => {
  const schedule = exponentialSchedule({ from: 1, factor: 0.5, every: 10 });
  expect([0, 9, 10, 19, 20].map(schedule)).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

test('a step every so many epochs is that step every so many iterations, bit for bit', () => {
  const [from, factor, epochs, batchesPerEpoch] = [0.3, 0.7, 3, 7];
  const schedule = exponentialSchedule({ from, factor, every: epochs * batchesPerEpoch });
  for (let iteration = 0; iteration < 500; iteration += 1) {
    const epoch = Math.floor(iteration / batchesPerEpoch);
    expect(schedule(iteration)).toBe(from * factor ** Math.floor(epoch / epochs));
  }
});

test('refuses what makes no schedule, and options that it does not have', () => {
  const given = { from: 1, factor: 0.5, every: 1 };
  expect(() => exponentialSchedule({ ...given, factor: 0 })).toThrow(
    'exponentialSchedule: factor is 0; expected a finite number above 0.',
  );
  expect(() => exponentialSchedule({ ...given, factor: Number.POSITIVE_INFINITY })).toThrow(
    'factor is Infinity',
  );
  expect(() => exponentialSchedule({ ...given, from: -1 })).toThrow('exponentialSchedule: from is -1');
  expect(() => exponentialSchedule({ ...given, every: 0 })).toThrow('exponentialSchedule: every is 0');
  expect(() => exponentialSchedule({ ...given, evry: 1 } as never)).toThrow("did you mean 'every'");
});
