import { expect, test } from 'vitest';
import { type Arm, constant } from './arm.js';
import {
  type ArmSummary,
  best,
  bestOfFirstStart,
  compareRecipes,
  difference,
  summarizeCell,
} from './summarize.js';
import type { TrainingRecord } from './train-recipe.js';

const arm = (name: string): Arm =>
  constant({ name, description: name, scale: 'squared', distillationFraction: 1, temperature: 1 });
const [labels, cold, hot] = ['labels', 'cold', 'hot'].map(arm) as [Arm, Arm, Arm];

const record = (seed: number, validationAccuracy: number, testAccuracy: number): TrainingRecord => ({
  seed,
  distillationFraction: 1,
  temperature: 1,
  validationAccuracy,
  testAccuracy,
  testNegativeLogLikelihood: 1,
  validationTeacherKL: 1,
  costMultiple: 1,
  seconds: 1,
});

/** Validation prefers `cold`, the test set `hot`. */
const records: Readonly<Record<string, readonly TrainingRecord[]>> = {
  labels: [record(0, 0.4, 0.5), record(1, 0.4, 0.7)],
  cold: [record(0, 0.8, 0.5), record(1, 0.8, 0.6)],
  hot: [record(0, 0.7, 0.7), record(1, 0.7, 0.8)],
};

const cellOf = (name: string, missing: readonly string[] = []) =>
  summarizeCell({
    name,
    arms: [labels, cold, hot],
    grid: [cold, hot],
    records: (each) => (missing.includes(each.name) ? [] : (records[each.name] ?? [])),
  });

test('a sweep chooses on validation, and only once its grid is complete', () => {
  const { chosen, known, missing } = cellOf('a');
  expect(chosen?.arm).toBe(cold);
  expect(best([...known.values()], 'test')?.arm).toBe(hot);
  expect(missing).toEqual([]);
  const cut = cellOf('b', ['hot']);
  expect(cut.chosen).toBeUndefined();
  expect(cut.missing).toEqual(['hot']);
});

test('a raced grid names its three best of the first start, and the sweep chooses among those with all starts', () => {
  const grid = ['a', 'b', 'c', 'd'].map(arm);
  const accuracies: Readonly<Record<string, number>> = { a: 0.1, b: 0.4, c: 0.3, d: 0.4 };
  const first = (each: { name: string }) => [record(0, accuracies[each.name] as number, 0.5)];
  expect(bestOfFirstStart(grid, first)?.map(({ name }) => name)).toEqual(['b', 'd', 'c']);
  expect(bestOfFirstStart(grid, (each) => (each.name === 'd' ? [] : first(each)))).toBeUndefined();

  const race = (further: Readonly<Record<string, number>>) =>
    summarizeCell({
      name: 'a',
      arms: grid,
      grid,
      racesGrid: true,
      records: (each) => [
        ...first(each),
        ...(each.name in further ? [record(1, further[each.name] as number, 0.5)] : []),
      ],
    });
  expect(race({}).chosen).toBeUndefined();
  const raced = race({ b: 0.2, c: 0.4, d: 0.1 });
  expect(raced.swept.map((each) => each.arm.name)).toEqual(['b', 'c', 'd']);
  expect(raced.chosen?.arm.name).toBe('c');
});

test('differences are paired by seed, whatever their order', () => {
  const { known } = cellOf('a');
  const [ours, theirs] = ['hot', 'cold'].map((name) => known.get(name)) as [ArmSummary, ArmSummary];
  const turned = { ...theirs, records: [...theirs.records].reverse() };
  expect(difference(ours, turned).mean).toBeCloseTo(0.2, 12);
  expect(difference(ours, turned).std).toBeCloseTo(0, 12);
});

test('recipes are compared where their grid is complete, by what they lose at worst', () => {
  const cells = [cellOf('a'), cellOf('b', ['hot']), cellOf('c', ['labels'])];
  const [first, second, ...rest] = compareRecipes(cells, [labels, hot], 0.005);
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ arm: hot, cells: 1, within: 1, atLeastLabels: 1, cost: 1 });
  expect(first?.worst.difference).toBeCloseTo(0.2, 12);
  expect(second).toMatchObject({ arm: labels, cells: 1, worst: { cell: 'a' }, within: 1 });
});
