import { readFile } from 'node:fs/promises';
import { selectBackend } from '@metadistill/backend';
import { distil } from '@metadistill/trainer';
import * as tf from '@tensorflow/tfjs';
import { parse } from 'csv-parse/sync';

await selectBackend({ prefer: 'wasm' });

// 1. Read the table, and leave out rows with gaps.
const text = await readFile(new URL('penguins.csv', import.meta.url), 'utf8');
const rows = parse(text, { columns: true, cast: true }).filter((row) =>
  Object.values(row).every((value) => value !== ''),
);
console.log(`${rows.length} penguins`);

// 2. Shuffle, and set a fifth aside for the test: the file is sorted by species.
tf.util.shuffle(rows);
const testRows = rows.splice(0, Math.round(rows.length / 5));

// 3. Numbers of a comparable size: standardised by the mean and deviation of the training rows alone.
const columns = ['beak_length_mm', 'beak_depth_mm', 'flipper_length_mm', 'body_mass_g'];
const species = ['Adelie', 'Chinstrap', 'Gentoo'];
const measured = (table) => tf.tensor2d(table.map((row) => columns.map((column) => row[column])));
const { mean, variance } = tf.moments(measured(rows), 0);
const setOf = (table) => ({
  x: tf.tidy(() => measured(table).sub(mean).div(variance.sqrt())),
  y: tf.oneHot(
    table.map((row) => species.indexOf(row.species)),
    species.length,
  ),
});
const train = setOf(rows);
const test = setOf(testRows);

// 4. Train a teacher as usual, and keep its logits on the training rows: the student needs nothing else of it.
const teacher = tf.sequential();
teacher.add(tf.layers.dense({ inputShape: [4], units: 64, activation: 'relu' }));
teacher.add(tf.layers.dense({ units: 3 }));
teacher.compile({ optimizer: 'adam', loss: tf.losses.softmaxCrossEntropy });
await teacher.fit(train.x, train.y, { epochs: 60, verbose: 0 });
const teacherLogits = teacher.predict(train.x);

// 5. Distil a student of 27 weights.
const student = tf.sequential();
student.add(tf.layers.dense({ inputShape: [4], units: 3, activation: 'tanh' }));
student.add(tf.layers.dense({ units: 3 }));
const { history } = await distil({
  student,
  teacherLogits,
  ...train,
  validationSplit: 0.2,
  epochs: 60,
  batchSize: 16,
  seed: 1,
});
console.log(`validation accuracy after the last epoch: ${history.val_acc.at(-1).toFixed(3)}`);

const accuracy = (model) =>
  tf.metrics.categoricalAccuracy(test.y, model.predict(test.x)).mean().dataSync()[0];
console.log(
  `test accuracy: teacher ${accuracy(teacher).toFixed(3)}, student ${accuracy(student).toFixed(3)}`,
);
