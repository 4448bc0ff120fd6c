import { expect, test } from 'vitest';
import type { Controller } from '../types.js';
import { always } from './always.js';
import { everyKth } from './every-kth.js';
import { never } from './never.js';

const actions = (controller: Controller<null>) =>
  Array.from({ length: 7 }, (_, iteration) => controller.decide(null, iteration).action[0]).join('');

test('computes a gradient in every k-th iteration from the first, and holds in between', () => {
  expect(actions(everyKth(3))).toBe('ghhghhg');
});

test('k of 1 is always, and never only holds', () => {
  expect(actions(everyKth(1))).toBe('ggggggg');
  expect(actions(always())).toBe('ggggggg');
  expect(actions(never())).toBe('hhhhhhh');
});

test('nothing is remembered: the state is null, which JSON keeps', () => {
  for (const controller of [everyKth(3), always(), never()]) {
    expect(controller.initialize()).toBe(null);
    expect(controller.observe(null, 0, 'gradient', [1])).toBe(null);
  }
});

test('refuses a k that is no positive integer', () => {
  expect(() => everyKth(0)).toThrow('everyKth: k is 0; expected an integer of at least 1');
});
