import { distil } from '@metadistill/trainer';
import * as tf from '@tensorflow/tfjs';
import { useWasm } from './backend.js';
import { drawMap } from './map.js';
import { drawSpirals } from './spirals.js';

const element = (id) => document.getElementById(id);
const say = (text) => {
  element('status').textContent = text;
};

const network = (units) =>
  tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [2], units, activation: 'relu' }),
      tf.layers.dense({ units, activation: 'relu' }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

/** Trains a teacher, distils it, and shows every epoch. Stops with an AbortError when the signal says so. */
async function run(signal) {
  const { x, y } = drawSpirals(1500);
  const teacher = network(100);
  teacher.compile({ optimizer: tf.train.adam(0.01), loss: 'sparseCategoricalCrossentropy' });
  say('The teacher learns …');
  const onEpochEnd = () => signal.throwIfAborted();
  await teacher.fit(x, y, { epochs: 30, batchSize: 64, yieldEvery: 16, callbacks: { onEpochEnd } });

  const student = network(10);
  const epochs = 20;
  for await (const { epoch, trainingLoss, validation } of distil({
    teacher,
    student,
    x,
    y,
    validationSplit: 0.2,
    epochs,
    batchSize: 32,
    seed: 1,
    signal,
  })) {
    const row = element('epochs').insertRow();
    for (const text of [epoch + 1, trainingLoss.toFixed(3), validation.accuracy.toFixed(3)]) {
      row.insertCell().textContent = text;
    }
    say(`The student learns: epoch ${epoch + 1} of ${epochs}`);
  }
  await drawMap(element('map'), student);
  say('Done: the map shows what the student sees.');
}

element('start').onclick = async () => {
  const controller = new AbortController();
  element('stop').onclick = () => controller.abort();
  element('epochs').replaceChildren();
  element('start').disabled = true;
  element('stop').disabled = false;
  try {
    await run(controller.signal);
  } catch (error) {
    say(controller.signal.aborted ? 'Stopped.' : error.message);
  } finally {
    element('start').disabled = false;
    element('stop').disabled = true;
  }
};

await useWasm();
say('Ready.');
element('start').disabled = false;
