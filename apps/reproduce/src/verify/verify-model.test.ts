import { dense, flatten, model, relu } from '@metadistill/models';
import { mul, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { batchesFor } from './verification-batches.js';
import { verifyModel } from './verify-model.js';

const student = model({
  name: 'student',
  inputShape: [2, 2, 3],
  classes: 4,
  layers: [flatten(), dense({ inputs: 12, outputs: 16 }), relu(), dense({ inputs: 16, outputs: 4 })],
});
const noData = async () => {
  throw new Error('the images are not there');
};

test('without its data a model is checked on synthetic batches, the same at every call, which says so', async () => {
  const [first, second] = [await batchesFor(student, noData), await batchesFor(student, noData)];
  expect(first.warning).toBe('the images are not there');
  expect(first.description).toMatch(/^random inputs that a linear rule labels, 128/);
  expect(first.training.inputs.shape).toEqual([128, 2, 2, 3]);
  expect(await first.training.teacherLogits?.data()).toEqual(await second.training.teacherLogits?.data());
  expect(await first.validation.inputs.data()).toEqual(await second.validation.inputs.data());
});

test('a right model passes every check', async () => {
  const report = await verifyModel(student, await batchesFor(student, noData));
  expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
});

test('a model whose forward mode is wrong by a tenth fails', async () => {
  const broken: typeof student = {
    ...student,
    jvp: (...args) => tidy(() => mul(student.jvp(...args), 1.1)),
  };
  const { passed, checks } = await verifyModel(broken, await batchesFor(broken, noData));
  expect(passed).toBe(false);
  expect(checks.find(({ name }) => name === 'adjoint gap')?.verdict).toBe('fail');
});
