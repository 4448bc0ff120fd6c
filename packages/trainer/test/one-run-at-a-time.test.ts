import { dense, model as ours } from '@metadistill/models';
import { tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { distil } from '../src/index.js';

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = x.map(([a, b]) => (a! > b! ? 0 : 1));
const teacherLogits = y.map((label) => [2 - 4 * label, 4 * label - 2]);
const common = { x, y, teacherLogits, validationSplit: 0.2, epochs: 2, batchSize: 8, seed: 1 };
const student = () => sequential({ layers: [layers.dense({ inputShape: [2], units: 2 })] });
const run = (of: unknown, options: object = {}) => distil({ ...common, student: of, ...options } as never);

const refusal =
  /^distil: student is \w+, which another run of distil trains, or a model that shares layers with it; expected one run at a time/;

test('a student is trained by one run at a time', async () => {
  const one = student();
  const [first, second] = await Promise.allSettled([run(one), run(one)]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(refusal) } });
  // Free again, whatever its run ended with.
  await run(one);
  await expect(run(one, { y: [] })).rejects.toThrow('distil: y');
  const aborted = new AbortController();
  aborted.abort(new Error('enough'));
  await expect(run(one, { signal: aborted.signal })).rejects.toThrow('enough');
  for await (const _ of run(one)) break;
  const left = run(one);
  await left.next();
  await expect(run(one)).rejects.toThrow(refusal);
  await left.return();
  await run(one);
});

test('students that share layers are one, those that share frozen ones are not', async () => {
  const base = student();
  const over = (): LayersModel => sequential({ layers: [base, layers.dense({ units: 2 })] });
  const [first, second] = await Promise.allSettled([run(over()), run(over())]);
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  base.trainable = false;
  await Promise.all([run(over()), run(over())]);
});

test('a student that fit() trains is refused', async () => {
  const one = student();
  one.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const fitting = one.fit(tensor(x), tensor(teacherLogits), { epochs: 3, verbose: 0 });
  await expect(run(one)).rejects.toThrow('which fit() trains');
  await fitting;
  await run(one);
});

test('a model of ours holds no weights: any number of runs may train it', async () => {
  const layered = ours({
    name: 'ours',
    inputShape: [2],
    classes: 2,
    layers: [dense({ inputs: 2, outputs: 2 })],
  });
  await Promise.all([run(layered), run(layered)]);
});
