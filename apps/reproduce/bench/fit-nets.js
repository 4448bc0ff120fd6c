// Times a training step and a forward pass of three nets of tfjs-layers, batch 128, on each backend in a process of its own:
//   pnpm build && node apps/reproduce/bench/fit-nets.js
// `stock wasm` is TensorFlow.js without our packages, which cannot train these nets; `jax-js` the first one in that library, in
// WebAssembly too. CPU time: threads of native TensorFlow add up, and ours has one.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, sequential } from '@tensorflow/tfjs-layers';

const batch = 128;
const nets = { 'cifar-very-tiny': veryTiny, 'ResNet-20': resnet20, 'MobileNet-like': mobileNet };

/** The same in our layers. */
const own = {
  'cifar-very-tiny': ({ cifarVeryTiny }) => cifarVeryTiny(),
  'ResNet-20': ({ basicBlock, resnet }) =>
    resnet({ name: 'resnet20', block: basicBlock, blocks: [3, 3, 3], width: 16 }),
};

/** How each backend is made the current one, and how many steps it is given: the first one warms up unless it is alone. */
const setups = {
  wasm: { start: () => select({ prefer: 'wasm', threads: 1 }), steps: 8 },
  'stock wasm': { start: startStockWasm, steps: 8, forwardOnly: true },
  tensorflow: { start: startTensorflow, steps: 8 },
  'jax-js': { print: printTimesOfJax },
  cpu: { start: () => select({ prefer: 'cpu' }), steps: 1 },
};

const [asked] = process.argv.slice(2);
if (asked) await (setups[asked].print ?? printTimesOn)(asked);
else {
  const rows = {};
  for (const name of Object.keys(setups)) {
    const child = [...process.execArgv, fileURLToPath(import.meta.url), name];
    const { stdout, stderr } = spawnSync(process.execPath, child, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    for (const line of lines) Object.assign(rows, JSON.parse(line));
    if (lines.length === 0) console.log(`${name}: ${stderr.trim()}`);
  }
  console.table(rows);
}

/** Prints the CPU milliseconds of each net as a line of JSON. */
async function printTimesOn(name) {
  const { start, steps: few, forwardOnly = false } = setups[name];
  await start();
  for (const [net, make] of Object.entries(nets)) {
    const built = make();
    // V8 compiles what takes milliseconds only after many calls.
    const steps = net === 'cifar-very-tiny' && few > 1 ? 60 : few;
    const x = tf.randomNormal([batch, 32, 32, 3]);
    const labels = tf.randomUniform([batch], 0, 10, 'int32');
    const y = tf.tidy(() => tf.cast(tf.oneHot(labels, 10), 'float32'));
    const row = {};
    if (!forwardOnly) {
      built.compile({ optimizer: tf.train.sgd(0.01), loss: 'categoricalCrossentropy' });
      row.step = await medianTime(() => built.trainOnBatch(x, y), steps);
    }
    row.forward = await medianTime(async () => {
      const output = built.predictOnBatch(x);
      await output.data();
      output.dispose();
    }, steps);
    if (name === 'wasm' && own[net])
      row['own layers'] = await medianTime(await ownStep(own[net], x, labels), steps);
    console.log(JSON.stringify({ [`${net}, ${name}`]: row }));
  }
}

async function medianTime(step, steps) {
  const times = [];
  for (let i = 0; i < steps; i++) {
    const before = process.cpuUsage();
    await step();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1e3);
  }
  const kept = times.slice(steps > 1 ? 1 : 0).sort((a, b) => a - b);
  return Math.round(kept[kept.length >> 1]);
}

async function select(options) {
  const { selectBackend } = await import('@metadistill/backend');
  const { name, reason } = await selectBackend(options);
  if (name !== options.prefer) throw new Error(reason);
}

async function startStockWasm() {
  await import('@tensorflow/tfjs-backend-wasm');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
}

async function startTensorflow() {
  const root = fileURLToPath(new URL('../../../.native', import.meta.url));
  await select({ prefer: 'tensorflow', nativeFolder: process.env.METADISTILL_NATIVE ?? root });
}

/** A plain step of a net in our layers and our trainer. */
async function ownStep(make, inputs, labels) {
  const { torchRandom } = await import('@metadistill/datasets');
  const { logitProblem, sgd } = await import('@metadistill/hypergrad');
  const { crossEntropy } = await import('@metadistill/losses');
  const { constantBatch, startTraining, train } = await import('@metadistill/trainer');
  const own = make(await import('@metadistill/models'));
  const optimizer = sgd();
  const iterations = train({
    problem: logitProblem({ model: own, trainingLoss: crossEntropy(), validationLoss: crossEntropy() }),
    trainingBatches: constantBatch({ inputs, labels }),
    iterations: Number.MAX_SAFE_INTEGER,
    optimizer,
    learningRate: () => 0.01,
    start: startTraining({ weights: own.initialize(torchRandom(1).uniform), optimizer, metaparameters: {} }),
  });
  return async () => {
    const { value } = await iterations.next();
    await value?.trainingLoss?.data?.();
  };
}

async function printTimesOfJax(name) {
  const { jaxVeryTiny } = await import('./jax-very-tiny.js');
  const { step, forward } = await jaxVeryTiny(batch);
  const row = { step: await medianTime(step, 8), forward: await medianTime(forward, 8) };
  console.log(JSON.stringify({ [`cifar-very-tiny, ${name}`]: row }));
}

/** `cifarVeryTiny` of our models. */
function veryTiny() {
  const block = (filters) => [
    layers.conv2d({ filters, kernelSize: 3 }),
    layers.batchNormalization(),
    layers.reLU(),
    layers.maxPooling2d({ poolSize: 2 }),
  ];
  return sequential({
    layers: [
      layers.inputLayer({ inputShape: [32, 32, 3] }),
      ...[8, 16, 32].flatMap(block),
      layers.flatten(),
      layers.dense({ units: 64, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

/** `resnet` of our models with three stages of three basic blocks, 16 to 64 channels. */
function resnet20() {
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
  return model({ inputs: image, outputs: classify(x) });
}

/** Depthwise separable blocks as in MobileNet (Howard et al. 2017), for small images. */
function mobileNet() {
  const image = input({ shape: [32, 32, 3] });
  const normRelu = (x) =>
    layers.activation({ activation: 'relu6' }).apply(layers.batchNormalization().apply(x));
  const same = { padding: 'same', useBias: false };
  let x = normRelu(layers.conv2d({ filters: 16, kernelSize: 3, ...same }).apply(image));
  for (const [filters, strides] of [
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
  ]) {
    x = normRelu(layers.depthwiseConv2d({ kernelSize: 3, strides, ...same }).apply(x));
    x = normRelu(layers.conv2d({ filters, kernelSize: 1, ...same }).apply(x));
  }
  return model({ inputs: image, outputs: classify(x) });
}

function classify(x) {
  const mean = layers.globalAveragePooling2d({}).apply(x);
  return layers.dense({ units: 10, activation: 'softmax' }).apply(mean);
}
