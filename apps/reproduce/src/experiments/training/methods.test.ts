import { expect, test } from 'vitest';
import { methodForms, methodNames, methodOf, resolveMethod } from './methods.js';

test('every name that help lists is a method, and none a placeholder', () => {
  for (const name of methodNames) expect(methodOf(resolveMethod(name) as string)).toBeDefined();
  expect(methodNames).not.toContain('every-k');
});

test('every form that help lists is a method with any number in its places', () => {
  for (const form of methodForms) {
    expect(methodOf(form.replaceAll(/<\w+>/g, '7'))).toBeDefined();
    expect(methodOf(form)).toBeUndefined();
  }
});

test('names carry the numbers of schedules and budgets', () => {
  expect(methodOf('trajectory-100x3')).toMatchObject({ predict: { gradientIterations: 100, period: 3 } });
  expect(methodOf('every-7')).toMatchObject({ kind: 'gradient', every: 7 });
  expect(methodOf('tpe-25')).toEqual({ kind: 'search', search: 'tpe', trials: 25 });
  expect(methodOf('random-search-25')).toEqual({ kind: 'search', search: 'random', trials: 25 });
});

test("the paper's names stand for its schedules, and unknown ones for nothing", () => {
  expect(resolveMethod('trajectory')).toBe('trajectory-10x2');
  expect(resolveMethod('every-k')).toBe('every-5');
  for (const name of ['tpe-0', 'trajectory-0x2', 'every-', 'constructor', 'gradient-']) {
    expect(resolveMethod(name)).toBeUndefined();
  }
});
