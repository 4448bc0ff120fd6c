import { expect, test } from 'vitest';
import { chosenBy } from './choose.js';
import { constants } from './experts.js';
import type { TrainingRecord } from './train-arm.js';

const grid = constants([0, 0.5], [2, 5]);
const record = (validationAccuracy: number, testAccuracy: number): TrainingRecord => ({
  seed: 0,
  validationAccuracy,
  testAccuracy,
  testNegativeLogLikelihood: 1,
  costMultiple: 1,
  seconds: 1,
});
const recordsOf: Readonly<Record<string, readonly TrainingRecord[]>> = {
  'constant-0-2': [record(0.5, 0.7), record(0.7, 0.7)],
  'constant-0-5': [record(0.6, 0.9), record(0.7, 0.5)],
  'constant-0.5-2': [record(0.7, 0.6), record(0.6, 0.6)],
  'constant-0.5-5': [record(0.8, 0.5), record(0.1, 0.95)],
};

test('the constant of the highest mean accuracy is chosen, of equal ones the first', () => {
  const choose = (among: 'validation' | 'test') =>
    chosenBy(among, grid, ({ name }) => recordsOf[name] ?? [])?.name;
  expect(choose('validation')).toBe('constant-0-5');
  expect(choose('test')).toBe('constant-0.5-5');
});

test('nothing is chosen from a grid of which a constant is missing', () => {
  expect(chosenBy('test', grid, ({ name }) => (name === 'constant-0-2' ? [] : [record(1, 1)]))).toBe(
    undefined,
  );
});
