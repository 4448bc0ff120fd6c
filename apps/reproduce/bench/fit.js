// Times a step of TensorFlow.js' own `LayersModel.fit` beside a step of our trainer on the same net, in turns:
//   pnpm build && node apps/reproduce/bench/fit.js [--profile]
// Each step is `trainOnBatch` of 128 images; CPU time, so that other processes count little.
import { selectBackend } from '@metadistill/backend';
import { torchRandom } from '@metadistill/datasets';
import { logitProblem, sgd } from '@metadistill/hypergrad';
import { crossEntropy } from '@metadistill/losses';
import { cifarVeryTiny } from '@metadistill/models';
import { constantBatch, startTraining, train } from '@metadistill/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const batch = 128;
const optimizers = {
  sgd: () => tf.train.sgd(0.01),
  momentum: () => tf.train.momentum(0.01, 0.9),
  rmsprop: () => tf.train.rmsprop(0.001),
  adam: () => tf.train.adam(0.001),
};

console.log(`Node ${process.version}, ${(await selectBackend({ prefer: 'wasm' })).reason}`);
const own = await ownStep();
const fits = Object.fromEntries(Object.entries(optimizers).map(([name, make]) => [name, fitStep(make())]));
const medians = await medianTimes({ own, ...fits });
console.table(
  Object.fromEntries(
    Object.entries(medians).map(([name, ms]) => [
      name,
      { 'CPU ms': ms.toFixed(1), 'own step': (ms / medians.own).toFixed(2) },
    ]),
  ),
);
if (process.argv.includes('--profile')) {
  console.table(await profile(fits.sgd));
  console.table(await profile(fits.adam));
}

/** A plain step of our layers and our trainer. */
async function ownStep() {
  const model = cifarVeryTiny();
  const optimizer = sgd();
  const iterations = train({
    problem: logitProblem({ model, trainingLoss: crossEntropy(), validationLoss: crossEntropy() }),
    trainingBatches: constantBatch({ inputs: images(), labels: tf.randomUniform([batch], 0, 10, 'int32') }),
    iterations: Number.MAX_SAFE_INTEGER,
    optimizer,
    learningRate: () => 0.01,
    start: startTraining({
      weights: model.initialize(torchRandom(1).uniform),
      optimizer,
      metaparameters: {},
    }),
  });
  return async () => {
    const { value } = await iterations.next();
    await value?.trainingLoss?.data?.();
  };
}

/** `trainOnBatch` of the same net in tfjs-layers. */
function fitStep(optimizer) {
  const net = sequential();
  for (const [i, filters] of [8, 16, 32].entries()) {
    net.add(layers.conv2d({ filters, kernelSize: 3, ...(i === 0 && { inputShape: [32, 32, 3] }) }));
    net.add(layers.batchNormalization());
    net.add(layers.reLU());
    net.add(layers.maxPooling2d({ poolSize: 2 }));
  }
  net.add(layers.flatten());
  net.add(layers.dense({ units: 64, activation: 'relu' }));
  net.add(layers.dense({ units: 10, activation: 'softmax' }));
  net.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const x = images();
  const y = tf.tidy(() => tf.cast(tf.oneHot(tf.randomUniform([batch], 0, 10, 'int32'), 10), 'float32'));
  return () => net.trainOnBatch(x, y);
}

function images() {
  return tf.randomNormal([batch, 32, 32, 3]);
}

/** Median CPU time in ms of each step, taken in turns after 60 to warm up; who is first changes from round to round. */
async function medianTimes(steps, rounds = 100) {
  const order = Object.entries(steps);
  const times = Object.fromEntries(order.map(([name]) => [name, []]));
  for (let round = -60; round < rounds; round++) {
    order.push(...order.splice(0, 1 + (round & 1)));
    for (const [name, step] of order) {
      const before = process.cpuUsage();
      await step();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[name].push((user + system) / 1e3);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, list.sort((a, b) => a - b)[rounds >> 1]]),
  );
}

/** Calls and milliseconds per step of each kernel, the costliest first. */
async function profile(step, rounds = 20) {
  const spent = new Map();
  const kernels = tf.getKernelsForBackend('wasm');
  const originals = kernels.map((kernel) => kernel.kernelFunc);
  for (const kernel of kernels) {
    const { kernelFunc } = kernel;
    kernel.kernelFunc = (call) => {
      const start = performance.now();
      const result = kernelFunc(call);
      const [calls, times] = spent.get(kernel.kernelName) ?? [0, []];
      spent.set(kernel.kernelName, [calls + 1, [...times, performance.now() - start]]);
      return result;
    };
  }
  for (let round = 0; round < rounds; round++) await step();
  for (const [i, kernel] of kernels.entries()) kernel.kernelFunc = originals[i];
  return Object.fromEntries(
    [...spent]
      .map(([name, [calls, times]]) => {
        const perStep = calls / rounds;
        const sums = Array.from({ length: rounds }, (_, round) =>
          times.slice(round * perStep, (round + 1) * perStep).reduce((sum, time) => sum + time, 0),
        ).sort((a, b) => a - b);
        return [name, { calls: perStep, ms: Number(sums[rounds >> 1].toFixed(2)) }];
      })
      .sort(([, a], [, b]) => b.ms - a.ms),
  );
}
