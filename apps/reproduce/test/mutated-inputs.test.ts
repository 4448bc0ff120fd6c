import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTeacherLogits } from '@metadistill/datasets/node';
import { disposeWeights, fashionMnistNet } from '@metadistill/models';
import { expectMutantsHandled } from '@metadistill/testing';
import { expect, test } from 'vitest';
import { checkImageConfig } from '../src/experiments/images/check-config.js';
import { drawnImages } from '../src/experiments/images/drawn-images.js';
import { smoke } from '../src/experiments/smoke.js';
import { checkSyntheticConfig } from '../src/experiments/synthetic/check-config.js';
import type { syntheticConfig } from '../src/experiments/synthetic/config.js';
import { synthetic } from '../src/experiments/synthetic.js';
import { applyOverrides } from '../src/runs/config.js';
import { readLiveTeacher } from '../src/teacher/load-live-teacher.js';
import { checkTeacherCard } from '../src/teacher/teacher-card.js';
import { writeTeacher } from '../src/teacher/write-teacher.js';

// The table of docs/reliability.md tries 10,000 of each; it has the command.
const runs = 200;

/** The files of a teacher of 20 images, as it was initialized. */
async function writtenTeacher() {
  const all = drawnImages().train;
  const train = {
    ...all,
    labels: all.labels.subarray(0, 20),
    examples: all.examples.subarray(0, 20 * 784),
  };
  const model = fashionMnistNet();
  const weights = model.initialize((low, high) => (low + 2 * high) / 3);
  const about = {
    dataset: 'fashion-mnist',
    model: 'fashion-mnist-net',
    settings: { epochs: 1, augment: false },
    backend: 'cpu',
    versions: { node: '20' },
    testAccuracy: 0.5,
    testLoss: 1,
  };
  const normalization = { mean: [0.5], std: [0.5] };
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  const { files } = await writeTeacher(folder, 'teacher', model, weights, train, normalization, about);
  disposeWeights(weights);
  return { train, files };
}

test('the files of a teacher are refused with a changed content', async () => {
  const { train, files } = await writtenTeacher();
  const check = async () => {
    const logits = await loadTeacherLogits(files.logits, train);
    await checkTeacherCard(files.logits, logits, () => train);
    return logits;
  };
  const { values } = await check();
  const fingerprintsOf = (card: string) => JSON.parse(card).fingerprints;
  const card = readFileSync(files.card, 'utf8');
  await expectMutantsHandled({
    name: 'cards',
    inputs: [card],
    runs,
    errors: /teacher\.json(: the fingerprint of .* is .*; expected | is not the card of a teacher: )/s,
    async read(mutant) {
      writeFileSync(files.card, mutant);
      await check();
      const { data, logits } = fingerprintsOf(card);
      expect(fingerprintsOf(mutant)).toMatchObject({ data, logits });
    },
  });
  writeFileSync(files.card, card);
  await expectMutantsHandled({
    name: 'npy, with a card',
    inputs: [new Uint8Array(readFileSync(files.logits))],
    runs,
    errors: /teacher\.(npy|json)/,
    async read(mutant) {
      writeFileSync(files.logits, mutant);
      expect((await check()).values).toEqual(values);
    },
  });
  await expectMutantsHandled({
    name: 'safetensors, with a card',
    inputs: [new Uint8Array(readFileSync(files.weights))],
    runs: runs / 4,
    errors: /teacher\.json: the fingerprint of the weights is/,
    async read(mutant) {
      writeFileSync(files.weights, mutant);
      await readLiveTeacher(files.weights, train);
      expect.unreachable('another content was read');
    },
  });
});

test('settings of the command line', async () => {
  const ofSynthetic = synthetic.defaults('published') as ReturnType<typeof syntheticConfig>;
  await expectMutantsHandled({
    name: 'settings',
    inputs: [
      'epochs=10',
      'learningRate=0.1',
      'shuffle=true',
      'augment=none',
      'seed=42',
      'temperatureHigh=10',
    ],
    runs: 10 * runs,
    errors: /^--set(:| is '.*'; expected key=value)/s,
    read(text) {
      const [key = ''] = text.split('=');
      if (Object.hasOwn(ofSynthetic, key)) {
        const config = applyOverrides(ofSynthetic, [text]);
        checkSyntheticConfig(config);
        expect(Object.values(config).every(Number.isFinite)).toBe(true);
      }
      checkImageConfig(applyOverrides(smoke.defaults('published'), [text]));
    },
  });
});
