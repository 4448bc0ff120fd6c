import { expect, test } from 'vitest';
import { never } from './never.js';

test.each([0, 1, 2, 7])('decides on hold in iteration %i', (iteration) => {
  expect(never().decide(null, iteration)).toEqual({ action: 'hold' });
});

test('remembers nothing: its state is null, which JSON keeps', () => {
  expect(never().initialize()).toBe(null);
  expect(never().observe(null, 0, 'hold', [1])).toBe(null);
});
