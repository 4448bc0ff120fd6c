import { torchRandom } from '@metadistill/datasets';
import { dense, disposeWeights, model } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { tensor2d, train } from '@tensorflow/tfjs-core';
import { CustomCallback, callbacks, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { type DistilLogs, distil } from '../src/index.js';

const { uniform } = torchRandom(1);
const COUNT = 80;
const rows = Array.from({ length: COUNT }, () => [uniform(-1, 1), uniform(-1, 1)]);
const labels = rows.map(([a, b]) => (a! > b! ? 1 : 0));
const said = labels.map((label) => [3 - 6 * label, 6 * label - 3]);
const student = (): LayersModel =>
  sequential({ layers: [layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'zeros' })] });
const common = {
  x: rows,
  y: labels,
  validationSplit: 0.2,
  teacherLogits: said,
  epochs: 3,
  batchSize: 32,
  seed: 1,
};

test('callbacks are told of the run, epochs and batches in their order, and waited for', async () => {
  const told: string[] = [];
  const note = async (what: string) => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    told.push(what);
  };
  const logged: DistilLogs[] = [];
  const { history, epoch } = await distil({
    ...common,
    epochs: 2,
    student: student(),
    metrics: ['f1', 'brierScore'],
    callbacks: {
      onTrainBegin: () => note('begin'),
      onTrainEnd: () => note('end'),
      onEpochBegin: (epoch) => note(`epoch ${epoch}`),
      onEpochEnd: (epoch, logs) => {
        logged.push(logs);
        return note(`epoch ${epoch} is over`);
      },
      onBatchBegin: (batch) => note(`batch ${batch}`),
      onBatchEnd: (batch, { loss }) => note(`batch ${batch} is over, ${loss! > 0}`),
    },
  });
  const batches = ['batch 0', 'batch 0 is over, true', 'batch 1', 'batch 1 is over, true'];
  expect(told).toEqual([
    'begin',
    ...['epoch 0', ...batches, 'epoch 0 is over'],
    ...['epoch 1', ...batches, 'epoch 1 is over'],
    'end',
  ]);
  const names = ['loss', 'val_loss', 'val_acc', 'val_f1', 'val_brierScore'];
  expect(Object.keys(logged[0]!)).toEqual(names);
  expect(epoch).toEqual([0, 1]);
  expect(history).toEqual(Object.fromEntries(names.map((name) => [name, logged.map((logs) => logs[name])])));
});

test('instances of callbacks of tfjs-layers work: early stopping stops the student', async () => {
  const epochs: number[] = [];
  const custom = new CustomCallback({ onEpochEnd: (epoch) => void epochs.push(epoch) });
  // The accuracy cannot rise by 2.
  const stopping = callbacks.earlyStopping({ monitor: 'val_acc', minDelta: 2, patience: 2 });
  const { reports } = await distil({
    ...common,
    epochs: 9,
    student: student(),
    callbacks: [custom, stopping] as never,
  });
  expect(reports).toHaveLength(3);
  expect(epochs).toEqual([0, 1, 2]);
});

test('a student that was compiled for fit is so after a run with callbacks', async () => {
  const pupil = student();
  pupil.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await distil({ ...common, student: pupil, callbacks: { onEpochEnd() {} } });
  const { history } = await pupil.fit(tensor2d(rows), tensor2d(said), { epochs: 1, verbose: 0 });
  expect(history.loss).toHaveLength(1);
});

test('earlyStopping ends the run with the weights of its best epoch', async () => {
  const pupil = student();
  const byEpoch: number[][] = [];
  const losses: number[] = [];
  await expectNoLeak(async () => {
    const run = distil({
      ...common,
      student: pupil,
      epochs: 12,
      // Far too large: the loss jumps.
      learningRate: (iteration: number) => (iteration < 4 ? 0.05 : 3),
      earlyStopping: { patience: 3 },
    });
    for await (const { epoch, weights, validation, bestEpoch } of run) {
      losses.push(validation.negativeLogLikelihood);
      const best = losses.indexOf(Math.min(...losses));
      expect(bestEpoch).toBe(best);
      byEpoch[epoch] = weights.parameters.flatMap((tensor) => [...tensor.dataSync()]);
    }
    const best = losses.indexOf(Math.min(...losses));
    expect(losses).toHaveLength(best + 4);
    const held = pupil.getWeights().flatMap((tensor) => [...tensor.dataSync()]);
    expect(held).toEqual(byEpoch[best]);
    expect(byEpoch.at(-1)).toEqual(byEpoch[best]);
  });
});

test('earlyStopping restores the best weights of a run that it did not stop', async () => {
  const ours = model({
    name: 'ours',
    inputShape: [2],
    classes: 2,
    layers: [dense({ inputs: 2, outputs: 2 })],
  });
  await expectNoLeak(async () => {
    const kept: number[][] = [];
    for await (const { weights, bestEpoch, epoch } of distil({
      ...common,
      student: ours,
      learningRate: 0.1,
      // The loss falls, so that the first epoch is the best of this.
      earlyStopping: { monitor: 'val_loss', mode: 'max', patience: 100 },
    })) {
      kept.push([...weights.parameters[0]!.dataSync()]);
      if (epoch < 2) continue;
      expect(kept[2]).toEqual(kept[bestEpoch!]);
      expect(bestEpoch).toBe(0);
      disposeWeights(weights);
    }
  });
});

test('an optimizer of tf.train brings its rate along', async () => {
  const losses = async (options: object) => {
    const { history } = await distil({ ...common, student: student(), ...options } as never);
    return history;
  };
  const { momentum } = await import('@metadistill/hypergrad');
  const expected = await losses({ optimizer: momentum({ momentum: 0.8 }), learningRate: 0.03 });
  expect(await losses({ optimizer: train.momentum(0.03, 0.8) })).toEqual(expected);
  expect(await losses({ optimizer: train.momentum(9, 0.8), learningRate: () => 0.03 })).toEqual(expected);
});

test.each<[string, object, string]>([
  [
    'a hook that there is not',
    { callbacks: { onEpochEnds() {} } },
    "distil: callbacks[0]: unknown hook 'onEpochEnds'; did you mean 'onEpochEnd'?",
  ],
  [
    'onYield, which a run that yields after every step never calls',
    { callbacks: { onEpochEnd() {}, onYield() {} } },
    "distil: callbacks[0]: unknown hook 'onYield'",
  ],
  [
    'yieldEvery',
    { callbacks: { onEpochEnd() {}, yieldEvery: 'epoch' } },
    "distil: callbacks[0]: unknown hook 'yieldEvery'",
  ],
  [
    'a callback that is a function',
    { callbacks: [() => {}] },
    'distil: callbacks[0] is a function; expected hooks such as { onEpochEnd(epoch, logs) {} }.',
  ],
  [
    'early stopping of a LayersModel for a model of ours',
    {
      student: model({
        name: 'ours',
        inputShape: [2],
        classes: 2,
        layers: [dense({ inputs: 2, outputs: 2 })],
      }),
      callbacks: callbacks.earlyStopping({}),
    },
    'distil: callbacks[0] is an EarlyStopping, which stops a tf.LayersModel; expected hooks',
  ],
  [
    'what is not monitored',
    { earlyStopping: { monitor: 'val_accuracy' } },
    "distil: earlyStopping.monitor: unknown name 'val_accuracy'; did you mean 'val_acc'?",
  ],
  [
    'a misspelt option of early stopping',
    { earlyStopping: { patients: 3 } },
    "distil: earlyStopping: unknown option 'patients'; did you mean 'patience'?",
  ],
  [
    'patience of less than nothing',
    { earlyStopping: { patience: -1 } },
    'distil: earlyStopping.patience is -1',
  ],
  ['a metric in a string', { metrics: 'f1' }, "distil: metrics is 'f1'; expected an array of names"],
  [
    'an optimizer whose rule we lack',
    { optimizer: train.rmsprop(0.1) },
    'distil: optimizer is a RMSPropOptimizer; expected tf.train.sgd, tf.train.momentum or tf.train.adam',
  ],
  [
    'an optimizer with a rate of 0',
    { optimizer: train.sgd(0) },
    'distil: optimizer.learningRate is 0; expected a number above 0.',
  ],
])('%s is refused before any work', async (_, change, message) => {
  await expect(distil({ ...common, student: student(), ...change } as never)).rejects.toThrow(message);
});
