// Times a plain and a hyper step of nets of tfjs-layers, compiled by `fromLayersModel`, beside the same nets of our layers, in turns:
//   pnpm build && node --experimental-wasm-relaxed-simd apps/reproduce/bench/compiled-nets.js
// Batch 128 on wasm; CPU time, so that other processes count little.
import { selectBackend } from '@metadistill/backend';
import { torchRandom } from '@metadistill/datasets';
import { hypergradient, logitProblem, mixed, sgd } from '@metadistill/hypergrad';
import { convexMix, crossEntropy } from '@metadistill/losses';
import {
  activation,
  basicBlock,
  batchNorm,
  cifarVeryTiny,
  conv2d,
  dense,
  depthwiseConv2d,
  fromLayersModel,
  globalAveragePool,
  model,
  resnet,
} from '@metadistill/models';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, sequential } from '@tensorflow/tfjs-layers';

const batch = 128;
/** Channels and strides of depthwise separable blocks as in MobileNet (Howard et al. 2017), for small images. */
const mobileBlocks = [
  [32, 1],
  [64, 2],
  [64, 1],
  [128, 2],
  [128, 1],
];

/** Each net of our layers and of tfjs-layers, and in how many rounds its steps are timed. */
const nets = {
  'cifar-very-tiny': [cifarVeryTiny, kerasVeryTiny, 60],
  'ResNet-20': [ownResnet20, kerasResnet20, 10],
  'MobileNet-like': [ownMobileNet, kerasMobileNet, 15],
};

console.log(`Node ${process.version}, ${(await selectBackend({ prefer: 'wasm' })).reason}`);
const rows = {};
for (const [name, [own, keras, rounds]] of Object.entries(nets)) {
  const compiled = fromLayersModel(keras());
  const foreign = compiled.compilation.filter(({ by }) => by !== 'rules');
  if (foreign.length > 0) throw new Error(`${name} has layers that TensorFlow.js runs: ${foreign[0].layer}`);
  const [ours, theirs] = [stepsOf(own()), stepsOf(compiled)];
  for (const kind of ['plain', 'hyper']) {
    const times = await leastTimes([ours[kind], theirs[kind]], rounds);
    rows[`${name}, ${kind}`] = {
      'our layers': times[0].toFixed(1),
      compiled: times[1].toFixed(1),
      ratio: (times[1] / times[0]).toFixed(3),
    };
  }
}
console.table(rows);

/** A step of SGD, and one with the hypergradient of the distillation fraction and the temperature. */
function stepsOf(student) {
  const problem = logitProblem({
    model: student,
    trainingLoss: convexMix({ scaling: 'none' }),
    validationLoss: crossEntropy(),
  });
  const metaparameters = { distillationFraction: 0.5, temperature: 4 };
  const weights = student.initialize(torchRandom(1).uniform);
  const point = { weights, metaparameters, optimizer: sgd(), optimizerState: [], learningRate: 0.01 };
  const [trainingBatch, validationBatch] = [logitBatch(), logitBatch()];
  return {
    plain: async () => {
      const value = tf.tidy(() => {
        const { value, gradient } = problem.training(weights, trainingBatch).valueAndGradient(metaparameters);
        sgd().step({ parameters: weights.parameters, gradient, state: [], learningRate: 0.01 });
        return value;
      });
      await value.data();
      value.dispose();
    },
    hyper: async () => {
      const result = await hypergradient({ problem, point, trainingBatch, validationBatch, method: mixed() });
      if (!Number.isFinite(result.gradient.temperature)) throw new Error('the hypergradient is not finite');
    },
  };
}

function logitBatch() {
  const inputs = tf.randomNormal([batch, 32, 32, 3]);
  const labels = tf.randomUniform([batch], 0, 10, 'int32');
  return { inputs, labels, teacherLogits: tf.randomNormal([batch, 10]) };
}

/** The least CPU milliseconds of each, in turns of changing order, after two rounds to warm up. */
async function leastTimes(tasks, rounds) {
  const times = tasks.map(() => Number.POSITIVE_INFINITY);
  const order = [...tasks.keys()];
  for (let round = 0; round < rounds + 2; round++) {
    for (const i of order.reverse()) {
      const before = process.cpuUsage();
      await tasks[i]();
      const { user, system } = process.cpuUsage(before);
      if (round >= 2) times[i] = Math.min(times[i], (user + system) / 1e3);
    }
  }
  return times;
}

function kerasVeryTiny() {
  const net = sequential({ name: 'very_tiny' });
  for (const [i, filters] of [8, 16, 32].entries()) {
    net.add(layers.conv2d({ filters, kernelSize: 3, ...(i === 0 && { inputShape: [32, 32, 3] }) }));
    net.add(layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }));
    net.add(layers.reLU());
    net.add(layers.maxPooling2d({ poolSize: 2 }));
  }
  net.add(layers.flatten());
  net.add(layers.dense({ units: 64, activation: 'relu' }));
  net.add(layers.dense({ units: 10 }));
  return net;
}

function ownResnet20() {
  return resnet({ name: 'resnet20', block: basicBlock, blocks: [3, 3, 3], width: 16 });
}

/** `resnet` of our models with three stages of three basic blocks, 16 to 64 channels. */
function kerasResnet20() {
  const image = input({ shape: [32, 32, 3] });
  const convolve = (x, filters, kernelSize, strides = 1) =>
    layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x);
  const normRelu = (x) => layers.reLU().apply(layers.batchNormalization().apply(x));
  let x = convolve(image, 16, 3);
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const activated = normRelu(x);
      const shortcut = strides > 1 ? convolve(activated, filters, 1, strides) : x;
      const inner = normRelu(convolve(activated, filters, 3, strides));
      x = layers.add().apply([convolve(inner, filters, 3), shortcut]);
    }
  }
  return layersModel({ inputs: image, outputs: classify(normRelu(x)) });
}

function kerasMobileNet() {
  const image = input({ shape: [32, 32, 3] });
  const normRelu = (x) =>
    layers.activation({ activation: 'relu6' }).apply(layers.batchNormalization().apply(x));
  const same = { padding: 'same', useBias: false };
  let x = normRelu(layers.conv2d({ filters: 16, kernelSize: 3, ...same }).apply(image));
  for (const [filters, strides] of mobileBlocks) {
    x = normRelu(layers.depthwiseConv2d({ kernelSize: 3, strides, ...same }).apply(x));
    x = normRelu(layers.conv2d({ filters, kernelSize: 1, ...same }).apply(x));
  }
  return layersModel({ inputs: image, outputs: classify(x) });
}

function classify(x) {
  const mean = layers.globalAveragePooling2d({}).apply(x);
  return layers.dense({ units: 10, activation: 'softmax' }).apply(mean);
}

function ownMobileNet() {
  const same = { padding: 'same', useBias: false };
  const normRelu = (name, channels) => [
    batchNorm({ name: `${name}_bn`, channels, movingVariance: 'biased' }),
    activation({ name: `${name}_relu`, kind: 'relu6' }),
  ];
  const blocks = mobileBlocks.flatMap(([outputs, strides], i) => {
    const inputs = mobileBlocks[i - 1]?.[0] ?? 16;
    const [depthwise, pointwise] = [`depthwise${i}`, `pointwise${i}`];
    return [
      depthwiseConv2d({ name: depthwise, inputs, kernelSize: 3, strides, ...same }),
      ...normRelu(depthwise, inputs),
      conv2d({ name: pointwise, inputs, outputs, kernelSize: 1, ...same }),
      ...normRelu(pointwise, outputs),
    ];
  });
  return model({
    name: 'mobileNet',
    inputShape: [32, 32, 3],
    classes: 10,
    layers: [
      conv2d({ name: 'stem', inputs: 3, outputs: 16, kernelSize: 3, ...same }),
      ...normRelu('stem', 16),
      ...blocks,
      globalAveragePool(),
      dense({ inputs: 128, outputs: 10 }),
    ],
  });
}
