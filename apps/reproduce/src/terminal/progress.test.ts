import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { formatDuration, secondsLeft } from './duration.js';
import { createProgress } from './progress.js';

function setUp(options: { quiet?: boolean; isTTY?: boolean } = {}) {
  const output = new PassThrough();
  const terminal = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false });
  let now = 0;
  const progress = createProgress({
    runs: 4,
    quiet: options.quiet ?? false,
    now: () => now,
    output,
    terminal,
  });
  const at = (seconds: number) => {
    now = seconds;
    return progress;
  };
  return { at, written: () => String(output.read() ?? ''), drawn: () => String(terminal.read() ?? '') };
}

test('without a terminal there is a line per finished run, with count and time left', () => {
  const { at, written, drawn } = setUp();
  at(0).note('four runs');
  at(5).update('b', 0.5);
  // 1.5 of 4 runs took 30 seconds: 2.5 take 50.
  at(30).finish('a', 'accuracy 0.7');
  at(60).finish('b', 'failed');
  expect(written()).toBe('four runs\n[1/4] a: accuracy 0.7; 50 s left\n[2/4] b: failed; 1 min 00 s left\n');
  expect(drawn()).toBe('');
});

test('on a terminal there is a bar with the time left and no line a run', () => {
  const { at, written, drawn } = setUp({ isTTY: true });
  at(30).update('a', 0.5);
  at(60).finish('a', 'accuracy 0.7');
  at(60).stop();
  expect(drawn()).toContain('1/4 runs, 3 min 00 s left');
  expect(written()).toBe('');
});

test('quiet means not a byte', () => {
  const { at, written, drawn } = setUp({ quiet: true, isTTY: true });
  at(0).note('four runs');
  at(1).update('a', 0.5);
  at(2).finish('a', 'accuracy 0.7');
  at(3).stop();
  expect(written() + drawn()).toBe('');
});

test.each([
  [0.44, '0.4 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [185, '3 min 05 s'],
  [3599.7, '1 h 00 min'],
  [7620, '2 h 07 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('nothing done gives no estimate, all done none left', () => {
  expect(secondsLeft(10, 0)).toBeUndefined();
  expect(secondsLeft(10, 0.009)).toBeUndefined();
  expect(secondsLeft(10, 0.01)).toBeCloseTo(990);
  expect(secondsLeft(10, 1)).toBe(0);
});
