import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectBackend } from '@metadistill/backend';
import { torchRandom } from '@metadistill/datasets';
import { loadTeacherLogits } from '@metadistill/datasets/node';
import { classificationMetrics } from '@metadistill/losses';
import { disposeWeights, fashionMnistNet, type Model, saveWeights, type Weights } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadLiveTeacher } from './load-live-teacher.js';
import { checkTeacherCard } from './teacher-card.js';
import { teacherDefaults } from './teacher-settings.js';
import { trainTeacher } from './train-teacher.js';
import { writeTeacher } from './write-teacher.js';

/** Images whose upper or lower half is bright: class 0 or 1 of the ten. */
function halves(name: string, examples: number, seed: number) {
  const { uniform } = torchRandom(seed);
  const labels = Int32Array.from({ length: examples }, (_, i) => i % 2);
  return {
    name,
    examples: Uint8Array.from({ length: examples * 784 }, (_, i) => {
      const isUpper = i % 784 < 392;
      return uniform(0, 100) + (isUpper === (labels[Math.floor(i / 784)] === 0) ? 150 : 0);
    }),
    exampleShape: [28, 28, 1],
    labels,
    classes: 10,
  };
}

const train = halves('training halves', 64, 1);
const test_ = halves('test halves', 20, 2);
const normalization = { mean: [0.5], std: [0.25] };
const settings = { ...teacherDefaults, epochs: 4, batchSize: 16, learningRate: 0.02 };
const about = {
  dataset: 'fashion-mnist',
  model: 'fashion-mnist-net',
  settings: {},
  backend: 'cpu',
  versions: {},
};

let folder: string;
const model = fashionMnistNet();
/** A teacher's files after training, and its logits as they were computed. */
let teacher: Awaited<ReturnType<typeof writeTeacher>> & { readonly values: Float32Array };

async function trained(): Promise<typeof teacher> {
  let result: typeof teacher | undefined;
  for await (const { epoch, weights } of trainTeacher(model, train, normalization, settings)) {
    if (epoch + 1 < settings.epochs) continue;
    const tested = classificationMetrics({
      logits: await predict(model, weights, test_),
      labels: test_.labels,
      classes: model.classes,
    });
    const card = { ...about, testAccuracy: tested.accuracy, testLoss: tested.negativeLogLikelihood };
    const written = await writeTeacher(folder, 'halves', model, weights, train, normalization, card);
    result = { ...written, values: await predict(model, weights) };
  }
  return result!;
}

const predict = (of: Model, weights: Weights, dataset = train) =>
  predictLogits(of, weights, miniBatches({ dataset, batchSize: 64, normalization }));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'teacher-'));
  await selectBackend({ prefer: 'wasm' });
  await expectNoLeak(async () => {
    teacher = await trained();
  });
});

describe('a teacher', () => {
  test('learns, and leaves weights, logits in training order and a card', async () => {
    const { card, files, values } = teacher;
    expect(card.testAccuracy).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['halves.json', 'halves.npy', 'halves.safetensors']);
    const stored = await loadTeacherLogits(files.logits, train);
    expect(stored.values).toEqual(values);
    await expect(checkTeacherCard(files.logits, stored, () => train)).resolves.toBeUndefined();
  });

  test('answers as it did when it is loaded to run live', async () => {
    await expectNoLeak(async () => {
      const live = await loadLiveTeacher(teacher.files.weights, train);
      expect(await predict(live.model, live.weights)).toEqual(teacher.values);
      disposeWeights(live.weights);
    });
  });

  test('is refused on images in another order, live or not', async () => {
    const { files } = teacher;
    const reversed = { ...train, labels: train.labels.toReversed(), examples: train.examples.toReversed() };
    const logits = await loadTeacherLogits(files.logits, reversed);
    await expect(checkTeacherCard(files.logits, logits, () => reversed)).rejects.toThrow(
      /halves\.json: the fingerprint of the data is [0-9a-f]{64}; expected [0-9a-f]{64}\. .* train a teacher again/,
    );
    await expect(loadLiveTeacher(files.weights, reversed)).rejects.toThrow(
      /fingerprint of the teacher's data/,
    );
  });

  test('is refused where the card is that of other logits, or no card', async () => {
    const { files } = teacher;
    const stored = await loadTeacherLogits(files.logits, train);
    const others = { ...stored, values: stored.values.map((value) => value + 1) };
    await expect(checkTeacherCard(files.logits, others, () => train)).rejects.toThrow(
      'the fingerprint of the logits is',
    );
    const card = { ...teacher.card, schema: 2 };
    writeFileSync(join(folder, 'later.json'), JSON.stringify(card));
    await expect(checkTeacherCard(join(folder, 'later.npy'), stored, () => train)).rejects.toThrow(
      /later\.json is not the card of a teacher: .*expected 1[\s\S]*schema/,
    );
  });

  test('without a card, as the authors logits are, is taken by its shape', async () => {
    const { files } = teacher;
    const stored = await loadTeacherLogits(files.logits, train);
    await expect(checkTeacherCard(join(folder, 'bare.npy'), stored, () => train)).resolves.toBeUndefined();
  });

  test('whose weights were not written here names what is missing', async () => {
    const weights = model.initialize(torchRandom(1).uniform);
    const file = join(folder, 'foreign.safetensors');
    writeFileSync(file, await saveWeights(model, weights));
    disposeWeights(weights);
    await expect(loadLiveTeacher(file, train)).rejects.toThrow(
      'foreign.safetensors names no teacher: its metadata are {}',
    );
    await expect(loadLiveTeacher(join(folder, 'none'), train)).rejects.toThrow('Train one with');
  });

  test('stops where it is told to, without a tensor left', async () => {
    await expectNoLeak(async () => {
      const stop = new AbortController();
      const training = trainTeacher(model, train, normalization, settings, { signal: stop.signal });
      await training.next();
      stop.abort();
      await expect(training.next()).rejects.toThrow('aborted');
    });
  });
});
