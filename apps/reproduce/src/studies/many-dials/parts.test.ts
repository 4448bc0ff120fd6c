import { expect, test } from 'vitest';
import type { StudyRecord } from '../study.js';
import { choices, parts } from './parts.js';
import { scenarios } from './scenarios/index.js';

const partOf = (name: string) => parts(5).find((part) => part.name === name)!;

test('every recipe of every scenario is a part once, the grid before what is chosen from it', () => {
  const names = parts(5).map(({ name }) => name);
  const counts = scenarios.map(({ grid, arms }) => grid.length + choices.length + arms.length);
  expect(new Set(names).size).toBe(counts.reduce((sum, count) => sum + count));
  expect(names).toHaveLength(new Set(names).size);
  expect(names.indexOf('three-specialists/chosen')).toBe(scenarios[0]!.grid.length);
});

test('logs say what a training depends on', () => {
  expect(partOf('three-specialists/tuned').config).toMatchObject({
    labelNoise: 0.4,
    epochs: 20,
    by: 'answer',
    objective: 'calibratedCrossEntropy',
    metaLearningRate: 0.2,
    seeds: [0, 1, 2, 3, 4],
  });
  expect(partOf('three-specialists/constant-0.4-5').config).toMatchObject({
    labelShare: 0.4,
    temperature: 5,
    seeds: [0, 1],
  });
});

test('what the sweep trained of the chosen constant is not trained again', async () => {
  const record = (seed: number, accuracy: number): StudyRecord => ({
    seed,
    validationAccuracy: accuracy,
    testAccuracy: accuracy,
  });
  const part = parts(2).find(({ name }) => name === 'three-specialists/chosen')!;
  const records = await part.compute({
    signal: new AbortController().signal,
    progress: () => {},
    records: (name) =>
      (name.endsWith('constant-0.4-10') ? [0.7, 0.8] : [0.5, 0.5]).map((accuracy, seed) =>
        record(seed, accuracy),
      ),
  });
  expect(records).toEqual(
    [0.7, 0.8].map((accuracy, seed) => ({ ...record(seed, accuracy), constant: 'constant-0.4-10' })),
  );
});

test('a choice asks for the whole grid', async () => {
  const context = { signal: new AbortController().signal, progress: () => {}, records: () => [] };
  await expect(partOf('confused-classes/oracle').compute(context)).rejects.toThrow(
    'confused-classes/oracle: the grid is not complete; expected all',
  );
});
