import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { torchRandom } from '@metadistill/datasets';
import { expectNoLeak, toNumbers } from '@metadistill/testing';
import { expect, onTestFinished, test } from 'vitest';
import { dense } from '../layers/dense/dense.js';
import { batchNorm } from '../layers/normalization/batch-norm.js';
import { flatten } from '../layers/shape/flatten.js';
import { model } from '../model.js';
import { saveWeights } from '../safetensors/save-weights.js';
import { disposeWeights } from '../tensors.js';
import type { Weights } from '../types.js';
import { readSafetensors } from './safetensors-files.js';
import { readWeights, writeWeights } from './weights-files.js';

const net = model({
  name: 'net',
  inputShape: [2, 2, 1],
  classes: 3,
  layers: [batchNorm({ name: 'bn1', channels: 1 }), flatten(), dense({ name: 'fc', inputs: 4, outputs: 3 })],
});
const numbers = ({ parameters, statistics }: Weights) => [...parameters, ...statistics].map(toNumbers);

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'metadistill-weights-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('weights come back bit for bit, with their metadata', async () => {
  const path = join(await temporaryFolder(), 'net.safetensors');
  await expectNoLeak(async () => {
    const weights = net.initialize(torchRandom(1).uniform);
    await writeWeights(path, net, weights, { dataset: 'noise' });
    const read = await readWeights(path, net);
    expect(numbers(read)).toEqual(numbers(weights));
    disposeWeights(weights);
    disposeWeights(read);
  });
  const { tensors, metadata } = await readSafetensors(path);
  expect(metadata).toEqual({ dataset: 'noise' });
  expect([...tensors.keys()]).toEqual([...net.parameters, ...net.statistics].map(({ name }) => name));
});

test('a file that is missing or cut is refused by its name', async () => {
  const path = join(await temporaryFolder(), 'net.safetensors');
  await expect(readWeights(path, net)).rejects.toThrow(
    /^readWeights: .*net.safetensors cannot be read \(ENOENT/,
  );
  const weights = net.initialize(torchRandom(1).uniform);
  const bytes = await saveWeights(net, weights);
  disposeWeights(weights);
  await writeFile(path, bytes.subarray(0, 100));
  await expect(readWeights(path, net)).rejects.toThrow(/^decodeSafetensors: .*net.safetensors, offset 0 is/);
});

test('what cannot be written leaves nothing behind', async () => {
  const path = await temporaryFolder();
  const weights = net.initialize(torchRandom(1).uniform);
  await expect(writeWeights(path, net, weights)).rejects.toThrow();
  expect(await readdir(path)).toEqual([]);
  await expect(readdir(`${path}.partial`)).rejects.toThrow('ENOENT');
  disposeWeights(weights);
});
