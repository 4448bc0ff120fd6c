import { selectBackend } from '@metadistill/backend';
import { inFolder } from '@metadistill/models/node';
import * as tf from '@tensorflow/tfjs';
import { drawWaves } from './waves.js';

// How the model in teacher/ came about. Yours may come from Keras: see README.md.
await selectBackend({ prefer: 'wasm' });
const { batchNormalization, conv1d, dense, globalMaxPooling1d, maxPooling1d } = tf.layers;
const teacher = tf.sequential({
  name: 'teacher',
  layers: [
    conv1d({ inputShape: [64, 1], filters: 16, kernelSize: 7, activation: 'relu', padding: 'same' }),
    maxPooling1d({ poolSize: 2 }),
    conv1d({ filters: 24, kernelSize: 5, activation: 'relu', padding: 'same' }),
    batchNormalization({ momentum: 0.9 }),
    maxPooling1d({ poolSize: 2 }),
    conv1d({ filters: 32, kernelSize: 5, activation: 'relu', padding: 'same' }),
    globalMaxPooling1d({}),
    dense({ units: 4, activation: 'softmax' }),
  ],
});
teacher.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
const { x, y } = drawWaves({ count: 4000, seed: 10 });
await teacher.fit(x, y, { epochs: 20, batchSize: 64, verbose: 0 });
await teacher.save(inFolder('teacher'));
