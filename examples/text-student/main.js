import { selectBackend } from '@metadistill/backend';
import { distil } from '@metadistill/trainer';
import * as tf from '@tensorflow/tfjs';
import { drawSentences } from './sentences.js';

await selectBackend({ prefer: 'wasm' });
const sentences = drawSentences({ count: 1200, uniform: Math.random });

// Each word by its number; 0 fills up short sentences.
const words = ['', ...new Set(sentences.flatMap(({ text }) => text.split(' ')))];
const LENGTH = Math.max(...sentences.map(({ text }) => text.split(' ').length));
const encode = (text) => {
  const numbers = text.split(' ').map((word) => words.indexOf(word));
  return [...Array(LENGTH - numbers.length).fill(0), ...numbers];
};
const setOf = (list) => ({
  x: tf.tensor2d(list.map(({ text }) => encode(text))),
  y: tf.tensor1d(list.map(({ label }) => label)),
});
const train = setOf(sentences.slice(0, 1000));
const test = setOf(sentences.slice(1000));

const reader = ({ size, units }) =>
  tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: words.length, outputDim: size, inputLength: LENGTH }),
      tf.layers.lstm({ units }),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
const compile = (model) =>
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
const report = (name, model) => {
  compile(model);
  const [, accuracy] = model.evaluate(test.x, test.y);
  console.log(`${name}: test accuracy ${accuracy.dataSync()[0].toFixed(3)}, ${model.countParams()} weights`);
};

const teacher = reader({ size: 16, units: 24 });
compile(teacher);
await teacher.fit(train.x, train.y, { epochs: 4, verbose: 0 });
report('teacher', teacher);

const student = reader({ size: 4, units: 8 });
await distil({ teacher, student, ...train, validationSplit: 0.1, epochs: 6, batchSize: 32, seed: 1 });
report('student', student);

for (const text of ['the film was not great', 'this song is dull but not awful']) {
  const [[, praise]] = student.predict(tf.tensor2d([encode(text)])).arraySync();
  console.log(`"${text}": ${(100 * praise).toFixed(0)} % praise`);
}
