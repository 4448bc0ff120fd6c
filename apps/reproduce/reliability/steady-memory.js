// Trains for very long, and says how much memory the process and the engine hold on the way:
//   pnpm build && node --expose-gc apps/reproduce/reliability/steady-memory.js [--steps 100000]
// First `distil` trains a small conv net while exact hypergradients tune two dials at every step; then stock `fit` does,
// by Adam, both on wasm.
import { parseArgs } from 'node:util';
import { selectBackend } from '@metadistill/backend';
import { distil } from '@metadistill/trainer';
import { always } from '@metadistill/trajectory';
import { memory, randomNormal, randomUniform, train } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const { values } = parseArgs({ options: { steps: { type: 'string', default: '100000' } } });
const [parts, batchSize, stepsPerEpoch] = [20, 8, 250];
const epochsPerPart = Math.ceil(Number(values.steps) / parts / stepsPerEpoch);
const examples = batchSize * stepsPerEpoch;

console.log(`Node ${process.version}, ${(await selectBackend({ prefer: 'wasm' })).reason}`);
const x = randomNormal([examples, 8, 8, 2], 0, 1, 'float32', 1);
const y = await randomUniform([examples], 0, 3, 'int32', 1).data();
const teacherLogits = randomNormal([examples, 3], 0, 1, 'float32', 2);
const net = () =>
  sequential({
    layers: [
      layers.conv2d({ filters: 8, kernelSize: 3, useBias: false, inputShape: [8, 8, 2] }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  });

const held = [];
const epochs = parts * epochsPerPart;
let epoch = 0;
const tuned = distil({
  student: net(),
  teacherLogits,
  x,
  y,
  validationData: [x, y],
  epochs,
  batchSize,
  controller: always(),
  seed: 1,
});
for await (const _ of tuned) note('distil');
const student = net();
student.compile({ optimizer: train.adam(1e-4), loss: 'meanSquaredError' });
epoch = 0;
await student.fit(x, teacherLogits, {
  epochs,
  batchSize,
  verbose: 0,
  callbacks: { onEpochEnd: () => note('fit') },
});
console.table(held);

/** What is held, a few times per training. */
function note(training) {
  epoch++;
  if (epoch % epochsPerPart !== 0) return;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  held.push({
    training,
    epochs: epoch,
    'resident MB': (rss / 1e6).toFixed(0),
    'heap MB': (heapUsed / 1e6).toFixed(1),
    tensors: memory().numTensors,
    'tensors MB': (memory().numBytes / 1e6).toFixed(3),
  });
  console.log(JSON.stringify(held.at(-1)));
}
