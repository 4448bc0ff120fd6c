import { readFileSync } from 'node:fs';
import { syntheticData } from '@metadistill/datasets';
import { relativeError, toNumbers } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { syntheticConfig } from './config.js';
import { batchOf } from './data.js';
import { teacherFeatures } from './methods.js';
import { teacherModel, trainTeacher } from './teacher.js';

/** Of the same training in PyTorch; see ../../../reference. Weights are `[classes, features]` there. */
const { teacher } = JSON.parse(
  readFileSync(new URL('./synthetic-reference.json', import.meta.url), 'utf8'),
) as { teacher: { accuracies: number[]; weight: number[][]; bias: number[] } };

test("after 20,000 iterations the teacher has PyTorch's weights and the authors' accuracy", async () => {
  const sets = syntheticData();
  const weights = await trainTeacher(
    batchOf(sets.teacherTrain, teacherFeatures),
    syntheticConfig('published'),
  );
  const [weight, bias] = weights.parameters.map(toNumbers);
  const transposed = [0, 1].flatMap((c) => [0, 1, 2].map((feature) => weight![2 * feature + c]!));
  // 20,000 float32 steps, each rounded by some 1e-8
  expect(relativeError(transposed, teacher.weight.flat())).toBeLessThan(1e-5);
  expect(relativeError(bias!, teacher.bias)).toBeLessThan(1e-5);
  const { inputs, labels } = batchOf(sets.test, teacherFeatures);
  const logits = toNumbers(teacherModel.predict(weights, inputs));
  const correct = toNumbers(labels).filter(
    (label, i) => label === Number(logits[2 * i + 1]! > logits[2 * i]!),
  );
  expect(correct.length / 200).toBe(teacher.accuracies.at(-1));
});
