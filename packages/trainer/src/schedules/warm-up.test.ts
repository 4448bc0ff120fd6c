import { expect, test } from 'vitest';
import { exponentialSchedule } from './exponential-schedule.js';
import { warmUp } from './warm-up.js';

test('scales another schedule up from zero', () => {
  const schedule = warmUp(exponentialSchedule({ from: 8, factor: 0.5, every: 25 }), { iterations: 20 });
  expect([0, 5, 20, 30].map(schedule)).toEqual([0, 2, 8, 4]);
});

test('refuses lengths that are none, and options that are no object', () => {
  expect(() => warmUp(() => 1, { iterations: 1.5 })).toThrow('warmUp: iterations is 1.5');
  expect(() => warmUp(() => 1, 5 as never)).toThrow('warmUp: options is 5; expected an object');
});
