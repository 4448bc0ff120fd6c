import { torchRandom } from '@metadistill/datasets';
import { disposeWeights } from '@metadistill/models';
import { expectNoLeak, toNumbers } from '@metadistill/testing';
import {
  logSoftmax,
  mean,
  memory,
  mul,
  slice,
  sum,
  type Tensor,
  tensor,
  tensor2d,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  metrics,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distil } from '../src/index.js';

const { uniform } = torchRandom(1);
const COUNT = 120;
const points = Float32Array.from({ length: 2 * COUNT }, () => uniform(-1, 1));
const labels = Int32Array.from({ length: COUNT }, (_, i) => (points[2 * i]! > points[2 * i + 1]! ? 1 : 0));
const rows = Array.from({ length: COUNT }, (_, i) => [points[2 * i]!, points[2 * i + 1]!]);
const oneHot = Array.from(labels, (label) => [1 - label, label]);
const said = Float32Array.from([...labels].flatMap((label) => [3 - 6 * label, 6 * label - 3]));

let tensors: { readonly x: Tensor; readonly y: Tensor };
beforeAll(() => {
  tensors = { x: tensor2d(points, [COUNT, 2]), y: tensor(labels, [COUNT, 1], 'int32') };
});
afterAll(() => {
  tensors.x.dispose();
  tensors.y.dispose();
});

/** A linear classifier that starts at nothing. */
const student = () =>
  sequential({
    layers: [layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'zeros' })],
  });

/** One that knows: the logits of a class are its side of the diagonal. */
function teacher(activation?: 'softmax'): LayersModel {
  const knowing = sequential({
    layers: [layers.dense({ units: 2, inputShape: [2], ...(activation && { activation }) })],
  });
  tidy(() => knowing.setWeights([tensor2d([-3, 3, 3, -3], [2, 2]), tensor([0, 0])]));
  return knowing;
}

const common = { epochs: 8, batchSize: 16, learningRate: 0.1, seed: 1 };

/** The weights that a student holds. */
const held = (model: LayersModel) => model.getWeights().map((weights) => [...weights.dataSync()]);

async function trained(options: object): Promise<number[][]> {
  const model = student();
  await distil({ ...common, student: model, ...options } as never);
  const weights = held(model);
  model.dispose();
  return weights;
}

test('a LayersModel learns from a LayersModel, holds what it learnt, and nothing else is left', async () => {
  const [pupil, master] = [student(), teacher()];
  await expectNoLeak(async () => {
    const { reports, weights } = await distil({
      ...common,
      teacher: master,
      student: pupil,
      x: rows,
      y: labels,
      validationSplit: 0.25,
    });
    expect(weights).toBeUndefined();
    expect(reports.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(reports.at(-1)!.validation.accuracy).toBeGreaterThan(0.9);
    expect(reports.at(-1)!.teacherAccuracy).toBe(1);
  });
  const right = tidy(() => {
    const logits = (pupil.predict(tensors.x) as Tensor).dataSync();
    return labels.filter((label, i) => logits[2 * i + label]! > logits[2 * i + 1 - label]!).length;
  });
  expect(right / COUNT).toBeGreaterThan(0.9);
});

test('a layer in two models within the student is trained, and the student ends with the weights that were measured', async () => {
  const shared = layers.dense({ units: 3 });
  const branch = (activation: 'relu' | 'tanh') => {
    const x = input({ shape: [2] });
    const y = layers.activation({ activation }).apply(shared.apply(x)) as SymbolicTensor;
    return functional({ inputs: x, outputs: y });
  };
  const x = input({ shape: [2] });
  const both = [branch('relu').apply(x), branch('tanh').apply(x)] as SymbolicTensor[];
  const merged = layers.batchNormalization().apply(layers.add().apply(both)) as SymbolicTensor;
  const pupil = functional({
    inputs: x,
    outputs: layers.dense({ units: 2 }).apply(merged) as SymbolicTensor,
  });
  const before = toNumbers(shared.getWeights()[0]!);
  const { history } = await distil({
    ...{ ...common, student: pupil, x: rows, y: labels, validationSplit: 0.25 },
    teacherLogits: said,
  });
  expect(toNumbers(shared.getWeights()[0]!)).not.toEqual(before);
  const loss = tidy(() => {
    const logits = pupil.predict(slice(tensors.x, [COUNT * 0.75, 0])) as Tensor;
    return mean(sum(mul(logSoftmax(logits), tensor2d(oneHot.slice(COUNT * 0.75))), 1)).dataSync()[0]! * -1;
  });
  // Two float32 means of 30 losses.
  expect(loss / history.val_loss!.at(-1)!).toBeCloseTo(1, 5);
});

test('examples and labels teach the same in whatever form they come', async () => {
  const validationSplit = 0.25;
  const expected = await trained({ x: rows, y: labels, validationSplit, teacherLogits: said });
  const answers = { values: said, examples: COUNT, classes: 2 };
  for (const [x, y, teacherLogits] of [
    [tensors.x, tensors.y, answers],
    [points, [...labels], Array.from({ length: COUNT }, (_, i) => [...said.subarray(2 * i, 2 * i + 2)])],
    [rows.map((row) => Float32Array.from(row)), oneHot, answers],
    [[tensors.x], oneHot.map((row) => row.map(Boolean)), answers],
    [Float64Array.from(points), Float32Array.from(oneHot.flat()), said],
  ]) {
    expect(await trained({ x, y, validationSplit, teacherLogits })).toEqual(expected);
  }
  const held = COUNT * 0.75;
  expect(
    await trained({
      x: points.subarray(0, 2 * held),
      y: labels.subarray(0, held),
      validationData: [rows.slice(held), oneHot.slice(held)],
      teacherLogits: said.subarray(0, 2 * held),
      validationTeacherLogits: said.subarray(2 * held),
    }),
  ).toEqual(expected);
});

test("a teacher's answers teach the same as probabilities, and as log-probabilities with zeros hard labels", async () => {
  const shared = { x: rows, y: labels, validationSplit: 0.25, epochs: 2 };
  // Certain answers: e^-200 is 0 in float32.
  const certain = said.map((logit) => (logit * 100) / 3);
  const expected = await trained({ ...shared, teacherLogits: certain.map((logit) => logit * 0.52) });
  const probabilities = Float32Array.from(certain, (logit) => (logit > 0 ? 1 : 0));
  expect(await trained({ ...shared, teacherProbabilities: probabilities })).toEqual(expected);
  // Masked classes stay at 0 at any temperature: a teacher of hard labels.
  const hard = await trained({ ...shared, teacherLogits: probabilities.map(Math.log) });
  expect(hard).not.toEqual(expected);
  expect(hard.flat().every(Number.isFinite)).toBe(true);
});

test('probabilities of yes, as a sigmoid gives them, teach the same as those of both classes', async () => {
  const shared = { x: rows, y: labels, validationSplit: 0.25, epochs: 2 };
  const yes = labels.map((label) => label);
  const both = [...yes].flatMap((p) => [1 - (0.25 + p / 2), 0.25 + p / 2]);
  const expected = await trained({ ...shared, teacherProbabilities: Float32Array.from(both) });
  const column = tensor2d(Array.from(yes, (p) => [0.25 + p / 2]));
  expect(await trained({ ...shared, teacherProbabilities: column })).toEqual(expected);
  column.dispose();
  const wrong = Array.from(yes, (p) => [p * 2]);
  await expect(trained({ ...shared, teacherProbabilities: wrong })).rejects.toThrow(
    /^distil: teacherProbabilities\[\d+\] is \[-1, 2\]; expected probabilities/,
  );
});

test('an input that there is not is refused by its name', async () => {
  const parts = ['left', 'right'].map((name) => input({ shape: [1], name }));
  const joined = layers.concatenate().apply(parts) as (typeof parts)[0];
  const outputs = layers.dense({ units: 2 }).apply(joined) as typeof joined;
  const column = rows.map(([value]) => [value!]);
  const run = distil({
    ...common,
    student: functional({ inputs: parts, outputs }),
    teacherLogits: said,
    x: { left: column, right: column, middle: column },
    y: labels,
    validationSplit: 0.25,
  });
  await expect(run).rejects.toThrow("distil: x: unknown input 'middle'. Known: left, right.");
});

test('a student of two inputs takes them as a list, by name, or side by side', async () => {
  const [a, b] = ['left', 'right'].map((name) => input({ shape: [1], name })) as [
    ReturnType<typeof input>,
    ReturnType<typeof input>,
  ];
  const joined = layers.concatenate().apply([a, b]);
  const logits = layers.dense({ units: 2, kernelInitializer: 'zeros' }).apply(joined);
  const pupil = functional({ inputs: [a, b], outputs: logits as typeof a });
  const start = pupil.getWeights().map((weights) => weights.clone());
  const left = rows.map(([value]) => [value!]);
  const right = rows.map(([, value]) => [value!]);
  const learnt: number[][][] = [];
  for (const x of [[left, right], { right, left: Float32Array.from(left.flat()) }, tensors.x]) {
    pupil.setWeights(start);
    await distil({ ...common, student: pupil, teacherLogits: said, x, y: labels, validationSplit: 0.25 });
    learnt.push(held(pupil));
  }
  for (const weights of learnt) {
    expect(weights).toEqual(
      await trained({ x: rows, y: labels, validationSplit: 0.25, teacherLogits: said }),
    );
  }
});

test('inputs go by the names that their layers were given, whichever model is made second', async () => {
  const joining = (outputs: number) => {
    const [a, b] = ['a', 'b'].map((name) => input({ shape: [1], name })) as [
      ReturnType<typeof input>,
      ReturnType<typeof input>,
    ];
    const joined = layers.concatenate().apply([a, b]);
    const hidden = layers.dense({ units: outputs, activation: 'relu' }).apply(joined);
    return functional({ inputs: [a, b], outputs: layers.dense({ units: 2 }).apply(hidden) as typeof a });
  };
  const [master, pupil] = [joining(8), joining(4)];
  // TensorFlow.js makes the names of symbolic tensors unique in the process.
  expect(pupil.inputs.map(({ name }) => name)).not.toEqual(pupil.inputNames);
  const x = { a: rows.map(([value]) => [value!]), b: rows.map(([, value]) => [value!]) };
  const { reports } = await distil({
    ...common,
    epochs: 1,
    student: pupil,
    teacher: master,
    x,
    y: labels,
    validationSplit: 0.25,
  });
  expect(reports).toHaveLength(1);
});

test('a run has then, catch and finally, as a promise has', async () => {
  const options = { ...common, epochs: 1, x: rows, y: labels, validationSplit: 0.25 };
  let settled = 0;
  const { epoch } = await distil({ ...options, student: student(), teacher: teacher() }).finally(() => {
    settled++;
  });
  expect(epoch).toEqual([0]);
  const failed = distil({ ...options, student: student(), teacher: teacher(), epochs: 0 });
  expect(await failed.catch((error: Error) => error.message)).toMatch(/^distil: epochs is 0;/);
  await expect(
    failed.finally(() => {
      settled++;
    }),
  ).rejects.toThrow('distil: epochs is 0;');
  expect(settled).toBe(2);
});

test('a learningRate wins over that of an optimizer of tf.train', async () => {
  const options = { x: rows, y: labels, validationSplit: 0.25, teacherLogits: said, epochs: 2 };
  const expected = await trained({ ...options, optimizer: train.sgd(0.1) });
  expect(await trained({ ...options, optimizer: train.sgd(5), learningRate: 0.1 })).toEqual(expected);
});

test('a run that is cut short leaves the student with the weights of its last report', async () => {
  const pupil = student();
  const aborter = new AbortController();
  const options = {
    ...common,
    student: pupil,
    teacherLogits: said,
    x: rows,
    y: labels,
    validationSplit: 0.25,
  };
  let reported: number[][] = [];
  await expectNoLeak(async () => {
    for await (const { epoch, weights } of distil(options)) {
      reported = weights.parameters.map((tensor) => [...tensor.dataSync()]);
      if (epoch === 1) break;
    }
    expect(held(pupil)).toEqual(reported);
    const reports = distil({ ...options, signal: aborter.signal });
    await reports.next();
    const first = (await reports.next()).value!.weights.parameters.map((tensor) => [...tensor.dataSync()]);
    aborter.abort(new Error('enough'));
    await expect(reports.next()).rejects.toThrow('enough');
    expect(held(pupil)).toEqual(first);
  });
});

test('callbacks and the body of a loop see the weights that were measured, the last ones those that are restored', async () => {
  const pupil = student();
  const accuracy = () =>
    tidy(() => {
      const logits = (pupil.predict(tensors.x) as Tensor).dataSync();
      return labels.filter((label, i) => logits[2 * i + label]! > logits[2 * i + 1 - label]!).length / COUNT;
    });
  const seen: [string, number, number][] = [];
  const hearing = (name: string) => (logs: { readonly [name: string]: number }) =>
    void seen.push([name, accuracy(), logs.val_acc!]);
  const best: number[] = [];
  await expectNoLeak(async () => {
    for await (const { validation, logs, bestEpoch } of distil({
      ...common,
      student: pupil,
      teacherLogits: said,
      x: rows,
      y: labels,
      validationData: [rows, labels],
      // Forward, and back to where it knows less.
      learningRate: (iteration: number) => (iteration < 24 ? 0.1 : 3),
      earlyStopping: { monitor: 'val_acc', patience: 2 },
      callbacks: {
        onEpochEnd: (_, epochLogs) => hearing('epoch')(epochLogs),
        onTrainEnd: () => void best.push(accuracy()),
      },
    })) {
      const isLast = best.length > 0;
      if (!isLast) seen.push(['loop', accuracy(), validation.accuracy]);
      else expect([accuracy(), bestEpoch]).toEqual([best[0], bestEpoch]);
      expect(logs.val_acc).toBe(validation.accuracy);
    }
  });
  for (const [name, found, reported] of seen) expect([name, found]).toEqual([name, reported]);
  expect(best[0]).toBe(Math.max(...seen.map(([, , reported]) => reported)));
  expect(new Set(seen.map(([, found]) => found)).size).toBeGreaterThan(1);
});

test('a layer that is frozen, or a student that is disposed of, in mid-run loses and leaks nothing', async () => {
  const options = { ...common, teacherLogits: said, x: rows, y: labels, validationSplit: 0.25 };
  const frozen = student();
  await expectNoLeak(async () => {
    await distil({
      ...options,
      student: frozen,
      callbacks: {
        onEpochEnd() {
          frozen.layers[0]!.trainable = false;
        },
      },
    });
  });
  expect(held(frozen)).toEqual(await trained(options));
  const doomed = student();
  const weights = doomed.getWeights().length;
  const before = memory().numTensors;
  const run = distil({ ...options, student: doomed, callbacks: { onEpochEnd: () => void doomed.dispose() } });
  await expect(run).rejects.toThrow(
    'distil: student was disposed of while it was trained; expected a model that lives until the run has ended.',
  );
  expect(memory().numTensors).toBe(before - weights);
});

test('an awaited run that fails keeps nothing of a model of ours', async () => {
  const { fromLayersModel, weightsOf } = await import('@metadistill/models');
  const own = student();
  const weights = weightsOf(own);
  const options = {
    ...common,
    student: fromLayersModel(own),
    weights,
    teacherLogits: said,
    x: rows,
    y: labels,
    validationSplit: 0.25,
  };
  const aborter = new AbortController();
  await expectNoLeak(async () => {
    const onEpochEnd = (epoch: number) => {
      if (epoch === 2) throw new Error('enough');
    };
    await expect(distil({ ...options, callbacks: { onEpochEnd } })).rejects.toThrow('enough');
    const aborting = { onEpochEnd: () => aborter.abort(new Error('aborted')) };
    await expect(distil({ ...options, signal: aborter.signal, callbacks: aborting })).rejects.toThrow(
      'aborted',
    );
    // What the loop received before is its own.
    const run = distil({ ...options, callbacks: { onEpochEnd } });
    await run.next();
    const received = (await run.next()).value!.weights;
    await expect(run).rejects.toThrow('enough');
    expect(received.parameters[0]!.isDisposed).toBe(false);
    disposeWeights(received);
  });
});

test('a run may be iterated first and awaited for the rest', async () => {
  const run = distil({
    ...common,
    student: student(),
    teacherLogits: said,
    x: rows,
    y: labels,
    validationSplit: 0.25,
  });
  const { value } = await run.next();
  const { reports } = await run;
  expect(value!.epoch).toBe(0);
  expect(reports).toHaveLength(8);
  expect(await run).toEqual(await run);
});

test('the weights of a model of ours are in the history', async () => {
  const { fromLayersModel } = await import('@metadistill/models');
  const { weights } = await distil({
    ...common,
    student: fromLayersModel(student()),
    teacher: teacher(),
    x: rows,
    y: labels,
    validationSplit: 0.25,
  });
  expect(weights!.parameters[0]!.dataSync()).toHaveLength(4);
  disposeWeights(weights!);
});

const options = {
  ...common,
  student: student(),
  teacher: teacher(),
  x: rows,
  y: labels,
  validationSplit: 0.25,
};
const without = <Key extends string>(...keys: Key[]) =>
  Object.fromEntries(keys.map((key) => [key, undefined]));

/** A teacher that fails if it is asked. */
const unasked = {
  model: {
    predict() {
      throw new Error('asked');
    },
  },
  weights: { parameters: [], statistics: [] },
};

test.each<[string, object, string | RegExp]>([
  [
    'a student that is no model',
    { student: 'mlp' },
    "distil: student is 'mlp'; expected a tf.LayersModel, or the result of model() of @metadistill/models.",
  ],
  ['no examples', without('x'), 'distil: x and training are undefined; expected one of them. Pass x and y'],
  ['no labels', without('y'), 'distil: y is undefined; expected the label of each example of x'],
  [
    'nothing to validate on',
    without('validationSplit'),
    'distil: validationData, validationSplit and validation are undefined; expected one of them',
  ],
  [
    'a split of all',
    { validationSplit: 1 },
    'distil: validationSplit is 1; expected a number between 0 and 1',
  ],
  [
    'a split of nearly all',
    { validationSplit: 0.999 },
    'distil: validationSplit is 0.999 of 120 examples; expected at least one to train on. Pass a smaller share.',
  ],
  [
    'two validation sets',
    { validationData: [rows, labels] },
    'distil: validationData and validationSplit are given; expected one of them.',
  ],
  [
    'validation data without labels',
    { ...without('validationSplit'), validationData: rows },
    'distil: validationData is [an array, an array, an array, an array, …]; expected [x, y]',
  ],
  ['no seed', without('seed'), 'distil: seed is undefined; expected a whole number, such as 1.'],
  [
    'epochs in words',
    { epochs: '2' },
    "distil: epochs is '2'; expected a whole number, 1 or more, such as 20. Convert text",
  ],
  ['examples in words', { x: rows.map((row) => row.map(String)) }, "distil: x[0][0] is '"],
  ['labels in words', { y: Array.from(labels, String) }, "distil: y[0] is '"],
  [
    'rows of different lengths',
    { x: rows.map((row, i) => (i === 7 ? [1] : row)) },
    'distil: x[7] has 1 entries; expected 2, as the first of its kind has.',
  ],
  [
    'a tensor for each example',
    { x: [tensor([1, 2]), tensor([1, 2])] },
    'distil: x[0] is a Tensor; expected a number. Make one tensor of them with tf.stack().',
  ],
  [
    'examples of another shape',
    { x: rows.map((row) => [...row, 0]) },
    'distil: x has shape [120, 3]; expected [examples, 2], as the student',
  ],
  ['one example', { x: [1, 2] }, 'Put examples along the first axis, even a single one.'],
  [
    'typed examples of another size',
    { x: points.subarray(1) },
    'distil: x has 239 numbers; expected those of [examples, 2]',
  ],
  [
    'fewer labels than examples',
    { y: labels.subarray(1) },
    'distil: y has 119 labels; expected 120, one for each example of x.',
  ],
  [
    'one-hot labels of other classes',
    { y: oneHot.map((row) => [...row, 0]) },
    'distil: y has shape [120, 3]; expected [120] of whole numbers, or one-hot rows [120, 2]',
  ],
  [
    'soft labels',
    { y: oneHot.map(() => [0.5, 0.5]) },
    'distil: y[0] is [0.5, 0.5]; expected a one-hot row, one 1 among zeros.',
  ],
  [
    'a label between classes',
    { y: Array<number>(COUNT).fill(0.5) },
    'distil: y[0] is 0.5; expected a whole number',
  ],
  [
    'a label that is no class',
    { y: labels.map((label, i) => (i === 3 ? 2 : label)) },
    'distil: y[3] is 2; expected a whole number from 0 to 1, as the student has 2 classes. Count the classes from 0, or give the student more outputs.',
  ],
  [
    'validation labels that are no class',
    { ...without('validationSplit'), validationData: [rows, labels.map(() => 9)] },
    'distil: validationData[1][0] is 9; expected a whole number from 0 to 1, as the student has 2 classes.',
  ],
  [
    'validation examples of another shape',
    { ...without('validationSplit'), validationData: [[[1, 2, 3]], [0]] },
    'distil: validationData[0] has shape [1, 3]; expected [examples, 2]',
  ],
  [
    'a label that is no class in the part that is split off',
    { y: labels.map((label, i) => (i === 113 ? 2 : label)) },
    'distil: y[113] is 2; expected a whole number from 0 to 1',
  ],
  [
    'a feature that is missing in the part that is split off',
    { x: points.map((value, i) => (i === 231 ? Number.NaN : value)) },
    'distil: x: a feature of example 115 is NaN; expected a finite number.',
  ],
  [
    'a feature that is missing',
    { x: points.map((value, i) => (i === 9 ? Number.NaN : value)) },
    'distil: x: a feature of example 4 is NaN; expected a finite number. Fill in what is missing.',
  ],
  [
    'a teacher without weights',
    { teacher: { predict() {} } },
    'distil: teacher is { predict }; expected a tf.LayersModel, or { model, weights }.',
  ],
  [
    'a teacher of other classes',
    { teacher: sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] }) },
    'distil: teacher maps [2] to 3 classes; expected [2] to 2',
  ],
  [
    'logits of other classes',
    { ...without('teacher'), teacherLogits: oneHot.map((row) => [...row, 0]) },
    'distil: teacherLogits: the number of columns is 3; expected 2, one per class.',
  ],
  [
    'logits of the training examples alone',
    { ...without('teacher'), teacherLogits: said.subarray(0, 180) },
    'distil: teacherLogits: the number of rows is 90; expected 120, one per example.',
  ],
  [
    'logits for probabilities',
    { ...without('teacher'), teacherProbabilities: said },
    'distil: teacherProbabilities[0] is [',
  ],
  [
    'a student that is frozen',
    { student: Object.assign(student(), { trainable: false }) },
    /^distil: student cannot be trained: .* has 0 trainable weights; expected at least one. Set trainable = true.$/,
  ],
  [
    'weights of another model',
    { weights: { parameters: [tensor([1])], statistics: [] } },
    /^distil: weights.parameters has 1 tensors; expected 2, those of sequential_\d+. Are they of another model\?$/,
  ],
  [
    'weights of another shape',
    { weights: { parameters: [tensor([[1]]), tensor([1])], statistics: [] } },
    /^distil: weights.parameters\[0\] has shape \[1, 1\]; expected \[2, 2\] for .* of sequential_\d+. Are they/,
  ],
  [
    'a metric that throws',
    {
      metrics: [
        'f1',
        function mine() {
          throw new Error('no idea');
        },
      ],
      teacher: unasked,
    },
    'distil: metrics[1] (mine) does not fit: no idea. It is given one-hot labels and probabilities, both [examples, classes].',
  ],
  [
    'a metric of labels that are not one-hot',
    { metrics: [metrics.sparseCategoricalAccuracy], teacher: unasked },
    /^distil: metrics\[0\].* does not fit: .* It is given one-hot labels/,
  ],
  [
    'a metric that gives a number',
    { metrics: [() => 3], teacher: unasked },
    'distil: metrics[0] returns 3; expected a tensor.',
  ],
  [
    'a metric that gives a promise',
    { metrics: [async () => tidy(() => 3)], teacher: unasked },
    'distil: metrics[0] returns a Promise; expected a tensor.',
  ],
  [
    'answers of the held-out examples beside a split',
    { ...without('teacher'), teacherLogits: said, validationTeacherLogits: said },
    'distil: validationTeacherLogits and validationSplit are both given; expected one of them.',
  ],
  [
    'a teacher and its logits',
    { teacherLogits: said },
    'distil: teacher and teacherLogits are both given; expected one of them.',
  ],
])('%s is refused by its name, and nothing leaks', async (_, change, message) => {
  await expectNoLeak(async () => {
    await expect(distil({ ...options, ...change } as never).next()).rejects.toThrow(message);
  });
});
