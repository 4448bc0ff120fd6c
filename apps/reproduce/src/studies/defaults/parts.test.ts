import { expect, test } from 'vitest';
import { arms, armsOf } from './arms.js';
import { grid, keras, random } from './constants.js';
import { optimizers } from './optimizers.js';
import { parts } from './parts.js';
import { tasks } from './tasks/index.js';
import type { TaskData } from './tasks/task.js';

test('every recipe is a part on every task with every optimizer, Adam and `distil` itself first', () => {
  const names = parts(3).map(({ name }) => name);
  const withAdam = tasks.length * (arms.length + 1);
  expect(armsOf({ name: 'adam' }).at(-1)?.name).toBe('distil');
  const raced = optimizers.filter(({ racesGrid }) => racesGrid).length;
  expect(new Set(names).size).toBe(tasks.length * (optimizers.length * arms.length + 1 + raced));
  expect(names.slice(0, withAdam).every((name) => name.includes('/adam/'))).toBe(true);
  expect(names[0]).toBe('synthetic/adam/labels');
});

test('logs say what a training depends on', () => {
  const configOf = (name: string) => parts(1).find((part) => part.name === name)?.config;
  expect(configOf('cifar10-small-augmented/sgd/constant-0.5-20')).toMatchObject({
    epochs: 20,
    trainingImages: 12_800,
    augmented: true,
    optimizer: 'sgd',
    learningRate: 0.03,
    scale: 'squared',
    distillationFraction: 0.5,
    temperature: 20,
    seeds: [0],
  });
  expect(configOf('tabular/adam/labels')?.seeds).toEqual([0, 1, 2, 3, 4]);
});

test('a raced grid is trained from the first start, its finalists from the others', () => {
  const seedsOf = (name: string) => parts(3).find((part) => part.name === name)?.config.seeds;
  expect(seedsOf('cifar10-small/adam/constant-1-5')).toEqual([0, 1, 2]);
  expect(seedsOf('cifar10-small/sgd/constant-1-5')).toEqual([0]);
  expect(seedsOf('cifar10-small/sgd/labels')).toEqual([0, 1, 2]);
  expect(seedsOf('cifar10-small/sgd/finalists')).toEqual([1, 2]);
});

test("the grid has the constants of the study, and Keras' recipe is one of them", () => {
  expect(grid).toHaveLength(18);
  expect(keras.settings).toEqual({ distillationFraction: 0.9, temperature: 10 });
});

test('random constants differ between seeds and cells, within their bounds', () => {
  const draw = (cell: string, seed: number) => random.start({ data: {} as TaskData, cell, seed });
  const drawn = ['a/adam', 'b/adam', 'a/sgd'].flatMap((cell) => [0, 1, 2].map((seed) => draw(cell, seed)));
  expect(new Set(drawn.map(({ temperature }) => temperature)).size).toBe(9);
  for (const { distillationFraction, temperature } of drawn) {
    expect(distillationFraction).toBeGreaterThanOrEqual(0);
    expect(distillationFraction).toBeLessThanOrEqual(1);
    expect(temperature).toBeGreaterThanOrEqual(1);
    expect(temperature).toBeLessThanOrEqual(50);
  }
  expect(draw('a/adam', 1)).toEqual(drawn[1]);
});
