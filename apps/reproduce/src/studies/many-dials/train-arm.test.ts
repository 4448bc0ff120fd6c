import { syntheticData } from '@metadistill/datasets';
import { dense, model, relu } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { beforeAll, expect, test } from 'vitest';
import { chooseBackend } from '../../native/choose-backend.js';
import type { Arm, ScenarioData } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { trainArm } from './train-arm.js';

beforeAll(() => chooseBackend({ prefer: 'wasm' }));

const [trained, validated] = [192, 64];
const { studentTrain: dataset, test: testSet } = syntheticData({
  sizes: { teacherTrain: 0, studentTrain: trained + validated, validation: 0, test: 64 },
  noise: 0,
});
/** Says of every example that it is of the one class it knows. */
const specialist = (knows: number) => ({
  values: Float32Array.from({ length: 2 * (trained + validated) }, (_, i) => (i % 2 === knows ? 2 : -2)),
  examples: trained + validated,
  classes: 2,
});
const data = (teachers: number): ScenarioData => ({
  student: () =>
    model({
      name: 'student',
      inputShape: [4],
      classes: 2,
      layers: [dense({ inputs: 4, outputs: 8 }), relu(), dense({ inputs: 8, outputs: 2 })],
    }),
  examples: {
    dataset,
    teachers: [specialist(0), specialist(1)].slice(0, teachers),
    groups: dataset.labels.map((_, i) => i),
  },
  trained,
  test: testSet,
});
const train = (arm: Arm, extra: object = {}) =>
  trainArm({
    data: data(arm.name === 'default' ? 1 : 2),
    settings: { epochs: 4, batchSize: 32, learningRate: 0.3 },
    arm,
    onValidationToo: false,
    seed: 0,
    signal: new AbortController().signal,
    progress: () => {},
    ...extra,
  });

const arms = new Map(
  scenarios.flatMap(({ grid, arms: others }) => [...grid, ...others]).map((arm) => [arm.name, arm]),
);

test.each([...arms.values()])(
  '$name trains, at the cost of its hypergradients, and leaves no tensor',
  async (arm) => {
    await expectNoLeak(async () => {
      const record = await train(arm);
      // A hyper step is 8/3 of a plain one, in 5 of 24 steps or in all.
      const hyperSteps = arm.name === 'tuned-examples' ? 1 : arm.name.startsWith('tuned') ? 5 / 24 : 0;
      expect(record.costMultiple).toBeCloseTo(1 + hyperSteps * (5 / 3), 4);
      // The teachers know nothing of these examples: with a share of 1, so does the student.
      expect(record.testAccuracy).toBeGreaterThan(0.4);
    });
  },
);

test('a training depends on its seed, and on nothing else', async () => {
  const arm = arms.get('tuned')!;
  const { seconds: _, ...first } = await train(arm);
  expect(await train(arm)).toMatchObject(first);
  expect((await train(arm, { seed: 1 })).testNegativeLogLikelihood).not.toBe(first.testNegativeLogLikelihood);
});

test('training on the validation examples too costs as much more as they are', async () => {
  const { costMultiple, testNegativeLogLikelihood } = await train(arms.get('labels')!, {
    onValidationToo: true,
  });
  expect(costMultiple).toBeCloseTo((trained + validated) / trained, 5);
  expect(testNegativeLogLikelihood).not.toBe((await train(arms.get('labels')!)).testNegativeLogLikelihood);
});
