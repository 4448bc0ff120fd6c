import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNoLeak } from '@metadistill/testing';
import { type Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { expect, onTestFinished, test } from 'vitest';
import { inFolder } from './in-folder.js';

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'metadistill-model-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const small = () =>
  sequential({ layers: [layers.dense({ units: 3, inputShape: [2] }), layers.batchNormalization()] });

const answers = (model: LayersModel) =>
  tidy(() => [...(model.predict(tensor2d([[1, 2]])) as Tensor).dataSync()]);

test('a model comes back from a folder that save made, and nothing leaks', async () => {
  const folder = join(await temporaryFolder(), 'models/small');
  await expectNoLeak(async () => {
    const model = small();
    await model.save(inFolder(folder));
    const loaded = await loadLayersModel(inFolder(folder));
    expect(answers(loaded)).toEqual(answers(model));
    model.dispose();
    loaded.dispose();
  });
  expect((await readdir(folder)).sort()).toEqual(['model.json', 'weights.bin']);
});

test('weights in several files are put together, as the converter cuts them', async () => {
  const folder = await temporaryFolder();
  const model = small();
  await model.save(inFolder(folder));
  const bytes = await readFile(join(folder, 'weights.bin'));
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  json.weightsManifest[0].paths = ['shard1', 'shard2'];
  // In the middle of a number.
  await writeFile(join(folder, 'shard1'), bytes.subarray(0, 10));
  await writeFile(join(folder, 'shard2'), bytes.subarray(10));
  await writeFile(join(folder, 'model.json'), JSON.stringify(json));
  const loaded = await loadLayersModel(inFolder(folder));
  expect(answers(loaded)).toEqual(answers(model));
  model.dispose();
  loaded.dispose();
});

test('a folder without a model, and a file that is none, are named', async () => {
  const folder = await temporaryFolder();
  await expect(loadLayersModel(inFolder(folder))).rejects.toThrow(
    /^inFolder: .*model\.json cannot be read \(ENOENT.*expected a file of a saved model\. Check the folder\.$/,
  );
  for (const text of ['{', '{}']) {
    await writeFile(join(folder, 'model.json'), text);
    await expect(loadLayersModel(inFolder(folder))).rejects.toThrow(
      /^inFolder: .*model\.json is no model \(/,
    );
  }
});

test('a folder that is no path is refused', () => {
  for (const [folder, words] of [
    [undefined, 'undefined'],
    ['', "''"],
    [3, '3'],
  ] as const) {
    expect(() => inFolder(folder as string)).toThrow(
      `inFolder: folder is ${words}; expected the path of a folder. Pass inFolder('student').`,
    );
  }
});
