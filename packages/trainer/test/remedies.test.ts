import { dense, model as ours } from '@metadistill/models';
import { train as optimizers } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, metrics, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { distil } from '../src/index.js';

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i)]);
const y = x.map(([a, b, c]) => (a! > b! ? 0 : b! > c! ? 1 : 2));
const teacherLogits = y.map((label) => [0, 1, 2].map((k) => (k === label ? 3 : 0)));
const softmax = (rows: number[][]) =>
  rows.map((row) => {
    const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return row.map((logit) => Math.exp(logit) / total);
  });
const probabilities = softmax(teacherLogits);
const common = { x, y, validationSplit: 0.2, epochs: 1, batchSize: 8, seed: 1 };

const student = (units = 3, activation?: 'softmax' | 'sigmoid' | 'tanh'): LayersModel =>
  sequential({
    name: `of${units}`,
    layers: [layers.dense({ inputShape: [3], units, ...(activation && { activation }) })],
  });
const run = (options: object, of = student()) =>
  distil({ ...common, student: of, teacherLogits, ...options } as never);
const binary = { y: y.map((label) => Math.min(label, 1)) };

test.each<[string, object, string]>([
  [
    'probabilities as logits',
    { teacherLogits: probabilities },
    'distil: teacherLogits is probabilities, it seems: every row adds up to 1, such as [',
  ],
  [
    'one-hot rows as logits',
    { teacherLogits: y.map((label) => [0, 1, 2].map((k) => Number(k === label))) },
    'Pass them as teacherProbabilities, or, if they are logits, pass these plus a constant.',
  ],
  [
    'the same on the validation examples',
    { validationSplit: undefined, validationData: [x, y], validationTeacherLogits: probabilities },
    'Pass them as validationTeacherProbabilities, or',
  ],
  [
    'the same of several teachers',
    { teacherLogits: undefined, teachers: [teacherLogits, probabilities] },
    'distil: teachers[1] is probabilities, it seems: every row adds up to 1, such as [',
  ],
  [
    'probabilities of one unit as logits',
    { ...binary, student: student(2), teacherLogits: binary.y.map((label) => [0.2 + 0.5 * label]) },
    'every number is one in [0, 1], such as [0.',
  ],
  [
    'constant logits',
    { teacherLogits: y.map(() => [1, 1, 1]) },
    'distil: teacherLogits does not fit: matchedScaling: teacherLogits are equal within every row',
  ],
  [
    'a student of one output that is no sigmoid',
    { student: student(1, 'tanh'), ...binary },
    "distil: student has 1 class; expected 2 or more. Give it an output for each class, or for yes and no one unit that ends with a sigmoid: activation: 'sigmoid'.",
  ],
  [
    'one-hot labels of another width',
    { y: y.map((label) => [0, 1, 2, 3].map((k) => Number(k === label))) },
    'as the student has 3 classes. Give the student 4 outputs, or leave out the classes that it has not.',
  ],
  [
    'several classes at once',
    { y: y.map(() => [1, 1, 0]) },
    'Classes exclude each other here: distil a student',
  ],
  [
    'no class at all',
    { y: y.map(() => [0, 0, 0]) },
    'Leave out examples without a class, or give "none" a class',
  ],
  ['soft labels', { y: probabilities }, "Soft labels are a teacher's: pass them as teacherProbabilities."],
  ['a quantity', { y: y.map((label) => label + 0.5) }, 'A label is the number of a class; quantities cannot'],
  [
    'no label',
    { y: y.map(() => Number.NaN) },
    'y[0] is NaN; expected a whole number from 0 to 2, as the student has 3 classes. Leave out examples',
  ],
  [
    'rows as records',
    { x: x.map(([a, b, c]) => ({ a, b, c })) },
    'Take the numbers out of each: rows.map(({ a, b }) => [a, b]).',
  ],
  [
    'validation data as a record',
    { validationSplit: undefined, validationData: { x, y } },
    'distil: validationData is { x, y }; expected [x, y] or a tf.data.Dataset of { xs, ys }. Pass [x, y].',
  ],
  [
    'a fraction beside the options',
    { distillationFraction: 0.5 },
    "distil: unknown option 'distillationFraction'. Pass metaparameters: { distillationFraction: 0.9",
  ],
  [
    'weights of classes',
    { classWeight: { 0: 2 } },
    "distil: unknown option 'classWeight'. Weights of classes and examples are tuned on",
  ],
  [
    'an optimizer that was not called',
    { optimizer: optimizers.adam },
    'expected an optimizer itself. Call it: tf.train.adam(0.001)',
  ],
  [
    'a callback that was not called',
    { callbacks: function progressBar() {} },
    'distil: callbacks[0] is function progressBar; expected hooks such as { onEpochEnd(epoch, logs) {} }. Call what makes hooks: progressBar().',
  ],
  [
    'a metric that has a name',
    { metrics: [metrics.sparseCategoricalAccuracy] },
    "Pass its name: 'sparseCategoricalAccuracy'.",
  ],
  [
    'a teacher of other classes',
    { teacherLogits: undefined, teacher: student(5) },
    'Pass a teacher of these classes, or mapTeacherClasses() of what it says.',
  ],
])('%s: the remedy is the one that fits', async (_, options, message) => {
  await expect(run(options)).rejects.toThrow(message);
});

test('logits of one unit are those of two classes, [0, z]', async () => {
  const z = y.map((label) => 4 * Math.min(label, 1) - 2);
  const weights = async (logits: number[][]) => {
    const layered = ours({
      name: 'ours',
      inputShape: [3],
      classes: 2,
      layers: [dense({ inputs: 3, outputs: 2 })],
    });
    const { weights } = await run({ ...binary, student: layered, teacherLogits: logits });
    return weights!.parameters.map((each) => [...each.dataSync()]);
  };
  expect(await weights(z.map((each) => [each]))).toEqual(await weights(z.map((each) => [0, each])));
});

test('a disposed teacher or student is named, with what to do', async () => {
  for (const option of ['teacher', 'student']) {
    const gone = student();
    gone.dispose();
    await expect(run({ teacherLogits: undefined, teacher: student(), [option]: gone })).rejects.toThrow(
      `distil: ${option} is the tf.LayersModel ${gone.name}, which was disposed of; expected one that lives. Load or make it again`,
    );
  }
});

test('hooks may be left out on a condition, all of them', async () => {
  await run({ callbacks: {} });
  await run({ callbacks: [{ onEpochEnd: undefined }] });
});
