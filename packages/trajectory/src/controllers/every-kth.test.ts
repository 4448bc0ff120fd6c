import { expect, test } from 'vitest';
import type { Controller } from '../types.js';
import { everyKth } from './every-kth.js';

const actions = (controller: Controller<null>) =>
  Array.from({ length: 7 }, (_, iteration) => controller.decide(null, iteration).action[0]).join('');

test('computes a gradient in every k-th iteration from the first, and holds in between', () => {
  expect(actions(everyKth(3))).toBe('ghhghhg');
});

test('k of 1 computes one in every iteration', () => {
  expect(actions(everyKth(1))).toBe('ggggggg');
});

test('remembers nothing: its state is null, which JSON keeps', () => {
  expect(everyKth(3).initialize()).toBe(null);
  expect(everyKth(3).observe(null, 0, 'gradient', [1])).toBe(null);
});

test('refuses a k that is no positive integer', () => {
  expect(() => everyKth(0)).toThrow('everyKth: k is 0; expected an integer of at least 1');
});
