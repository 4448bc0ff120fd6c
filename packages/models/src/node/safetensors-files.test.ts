import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HostTensor } from '../safetensors/types.js';
import { readSafetensors, writeSafetensors } from './safetensors-files.js';

const tensors = new Map<string, HostTensor>([
  ['a', { shape: [2], values: Float32Array.of(1, 2) }],
  ['b', { shape: [1, 3], values: Float32Array.of(3, 4, 5) }],
]);

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'metadistill-safetensors-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('tensors and metadata come back as they were, over an older file too', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'some.safetensors');
  await writeSafetensors(path, new Map([...tensors].slice(1)));
  await writeSafetensors(path, tensors, { dataset: 'noise' });
  expect(await readSafetensors(path)).toEqual({ tensors, metadata: { dataset: 'noise' } });
  expect(await readdir(folder)).toEqual(['some.safetensors']);
});

test('a file that is not there is named', async () => {
  const path = join(await temporaryFolder(), 'none.safetensors');
  await expect(readSafetensors(path)).rejects.toThrow(
    /^readSafetensors: .*none.safetensors cannot be read \(ENOENT.*expected a safetensors file. Check the path.$/,
  );
});
