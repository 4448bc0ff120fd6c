import { expect, test } from 'vitest';
import { checkLabels } from './check-labels.js';

test('accepts every class and refuses a label outside them, or between two, by its place', () => {
  expect(() => checkLabels('f', Int32Array.of(0, 9, 5), 10)).not.toThrow();
  expect(() => checkLabels('f', [0, 10], 10)).toThrow('labels[1] is 10; expected an integer from 0 to 9');
  expect(() => checkLabels('f', [-1], 10)).toThrow('labels[0] is -1');
  expect(() => checkLabels('f', [0.5], 10)).toThrow('labels[0] is 0.5');
});
