import { expectNoLeak } from '@metadistill/testing';
import { beforeAll, expect, test } from 'vitest';
import { chooseBackend } from '../../native/choose-backend.js';
import { agreementRule, temperatureByRule } from './agreement-rule.js';
import type { Arm } from './arm.js';
import { recipes } from './arms.js';
import { trainByDistil } from './by-distil.js';
import { keras, labels, random } from './constants.js';
import { optimizers, type StudyOptimizer } from './optimizers.js';
import { tabular } from './tasks/tabular.js';
import type { TaskData } from './tasks/task.js';
import { trainRecipe } from './train-recipe.js';
import { tuned } from './tuned.js';

let data: TaskData;
beforeAll(async () => {
  await chooseBackend({ prefer: 'wasm' });
  data = await tabular.load();
  // Trains a teacher, as long as a test may take.
}, 180_000);

const [adam, , sgd] = optimizers as [StudyOptimizer, StudyOptimizer, StudyOptimizer];
const trained = (arm: Arm, { optimizer = adam, epochs = 1, seed = 0 } = {}) =>
  trainRecipe({
    data,
    settings: { epochs, batchSize: 64 },
    arm,
    optimizer,
    cell: 'tabular/adam',
    seed,
    signal: new AbortController().signal,
    progress: () => {},
  });

test('the teacher of the tabular task is worth distilling from, and its sets are apart', () => {
  const { training, validation, test: testSet } = data;
  const sets = [training.dataset, validation.dataset, testSet];
  expect(sets.map((set) => set.labels.length)).toEqual([1500, 500, 1000]);
  const { values, classes, examples } = validation.teacherLogits;
  const right = Array.from({ length: examples }, (_, i) => {
    const row = values.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row)) === validation.dataset.labels[i];
  }).filter(Boolean).length;
  expect(right / examples).toBeGreaterThan(0.85);
});

test('the rule gives a temperature at which this teacher is as sure as its configuration says', () => {
  const temperature = temperatureByRule(data);
  const { values, classes, examples } = data.training.teacherLogits;
  let sum = 0;
  for (let i = 0; i < examples; i++) {
    const row = values.subarray(i * classes, (i + 1) * classes);
    const top = Math.max(...row);
    sum += 1 / row.reduce((total, logit) => total + Math.exp((logit - top) / temperature), 0);
  }
  expect(sum / examples).toBeCloseTo(0.2 + agreementRule.ruleShare * 0.8, 3);
});

test.each([keras, random, ...recipes])(
  '$name trains, at the cost of its hypergradients, and leaves no tensor',
  async (arm) => {
    await expectNoLeak(async () => {
      const record = await trained(arm);
      // A hyper step is 8/3 of a plain one, in 5 of 24 steps.
      expect(record.costMultiple).toBeCloseTo(arm.tuning ? 1 + (5 / 24) * (5 / 3) : 1, 4);
      for (const value of Object.values(record)) expect(value).toBeGreaterThanOrEqual(0);
      expect(record.testAccuracy).toBeGreaterThan(0.3);
    });
  },
);

test('`distil` without options trains to a like record, at plain cost', async () => {
  await expectNoLeak(async () => {
    const record = await trainByDistil({
      data,
      settings: { epochs: 1, batchSize: 64 },
      seed: 0,
      signal: new AbortController().signal,
      progress: () => {},
    });
    expect(Object.keys(record)).toEqual(Object.keys(await trained(labels)));
    expect(record).toMatchObject({ distillationFraction: 0.9, costMultiple: 1 });
    expect(record.testAccuracy).toBeGreaterThan(0.3);
  });
});

test('a training depends on its seed, and on nothing else', async () => {
  const arm = tuned[0] as Arm;
  const { seconds: _, ...first } = await trained(arm);
  expect(await trained(arm)).toMatchObject(first);
  expect((await trained(arm, { seed: 1 })).testNegativeLogLikelihood).not.toBe(
    first.testNegativeLogLikelihood,
  );
});

test('a training that diverges counts as a student that knows nothing', async () => {
  const learningRates = { labels: 1e30, none: 1e30, squared: 1e30, matched: 1e30 };
  const record = await trained(labels, { optimizer: { ...sgd, learningRates } });
  expect(record.testNegativeLogLikelihood).toBeCloseTo(Math.log(5), 5);
});
