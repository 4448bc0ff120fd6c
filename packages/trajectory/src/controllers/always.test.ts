import { expect, test } from 'vitest';
import { always } from './always.js';

test.each([0, 1, 2, 7])('decides on gradient in iteration %i', (iteration) => {
  expect(always().decide(null, iteration)).toEqual({ action: 'gradient' });
});

test('remembers nothing: its state is null, which JSON keeps', () => {
  expect(always().initialize()).toBe(null);
  expect(always().observe(null, 0, 'gradient', [1])).toBe(null);
});
