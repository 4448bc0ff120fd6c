import { expect, test } from 'vitest';
import { exponentialSchedule } from './exponential-schedule.js';
import { cosineSchedule, linearSchedule } from './ramps.js';
import { warmUp } from './warm-up.js';

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

test('an exponential schedule steps down by its factor', () => {
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

test('warm-up scales another schedule up from zero', () => {
  const schedule = warmUp(exponentialSchedule({ from: 8, factor: 0.5, every: 25 }), { iterations: 20 });
  expect([0, 5, 20, 30].map(schedule)).toEqual([0, 2, 8, 4]);
});

test('refuses lengths, factors and rates that make no schedule', () => {
  expect(() => linearSchedule({ from: 0, to: 1, iterations: 0 })).toThrow('linearSchedule: iterations is 0');
  expect(() => cosineSchedule({ from: 0, to: Number.NaN, iterations: 1 })).toThrow(
    'cosineSchedule: to is NaN',
  );
  expect(() => warmUp(() => 1, { iterations: 1.5 })).toThrow('warmUp: iterations is 1.5');
  expect(() => exponentialSchedule({ from: 1, factor: 0, every: 1 })).toThrow('factor is 0');
  expect(() => exponentialSchedule({ from: -1, factor: 1, every: 1 })).toThrow('from is -1');
});

test('refuses options that it does not have', () => {
  const ramp = { from: 1, to: 0, iterations: 5 };
  expect(() => linearSchedule({ ...ramp, iteration: 5 } as never)).toThrow("unknown option 'iteration'");
  expect(() => exponentialSchedule({ from: 1, factor: 0.5, evry: 1 } as never)).toThrow(
    "did you mean 'every'",
  );
  expect(() => warmUp(() => 1, 5 as never)).toThrow('warmUp: options is 5; expected an object');
});
