import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expectMutantsHandled } from '@metadistill/testing';
import { expect, onTestFinished, test } from 'vitest';
import { decodeCifar10, decodeIdx, decodeNpy, encodeNpy } from '../src/index.js';
import { checkUrl } from '../src/node/download/check-url.js';
import { loadCifar10, loadFashionMnist } from '../src/node/index.js';

// The table of docs/reliability.md tries 10,000 of each; it has the command.
const runs = 300;

const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, ...Array(12).keys()]);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 3, 9);
const batch = (label: number) => new Uint8Array(3073).fill(100).fill(label, 0, 1);
const array = { shape: [3, 4], values: Float32Array.from({ length: 12 }, (_, i) => i / 3) };
const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('IDX files', () =>
  expectMutantsHandled({
    name: 'IDX',
    inputs: [images, labels],
    runs,
    errors: /^decodeIdx: file, offset \d+ is [^;]*; expected /,
    read(bytes) {
      const { shape, values } = decodeIdx({ name: 'file', bytes }, bytes[3] === 1 ? 1 : 3);
      expect(values.length).toBe(sizeOf(shape));
    },
  }));

test('CIFAR-10 files', () =>
  expectMutantsHandled({
    name: 'CIFAR-10',
    inputs: [Uint8Array.from([...batch(0), ...batch(9)])],
    runs,
    errors: /^decodeCifar10: file, offset \d+ is [^;]*; expected /,
    read(bytes) {
      const decoded = decodeCifar10('test', [() => ({ name: 'file', bytes })], 2);
      expect(decoded.labels.every((label) => label < 10)).toBe(true);
    },
  }));

test('.npy files', () =>
  expectMutantsHandled({
    name: 'npy',
    inputs: [encodeNpy(array), encodeNpy({ shape: [], values: Float32Array.of(1) })],
    runs,
    errors: /^decodeNpy: file, offset \d+ is [\x20-\x7e]{1,130}; expected [\x20-\x7e]*$/,
    read(bytes) {
      const { shape, values } = decodeNpy({ name: 'file', bytes });
      expect(values.length).toBe(sizeOf(shape));
    },
  }));

test('URLs', () =>
  expectMutantsHandled({
    name: 'URLs',
    inputs: ['https://example.org/data/cifar-10-binary.tar.gz', 'http://me:secret@example.org:8080/a?b=c#d'],
    runs,
    errors: /^fetch: url is .*; expected an address /s,
    read(url) {
      try {
        const { protocol, username, password } = checkUrl('fetch', 'url', url);
        expect([protocol.replace('https', 'http'), username, password]).toEqual(['http:', '', '']);
      } catch (error) {
        if (/me:secret|@/.test(url)) expect(String(error)).not.toContain('secret');
        throw error;
      }
    },
  }));

test('a file of a remembered CIFAR-10 with another content is never loaded', async () => {
  const folder = await temporaryFolder();
  const batches = join(folder, 'cifar-10-batches-bin');
  await mkdir(batches);
  const names = [...[1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), 'test_batch.bin'];
  for (const [label, name] of names.entries()) await writeFile(join(batches, name), batch(label));
  const options = { folder, recordsPerFile: 1 };
  await loadCifar10(options);
  await expectMutantsHandled({
    name: 'CIFAR-10, remembered',
    inputs: [batch(2)],
    runs,
    errors: /^(loadCifar10|decodeCifar10): .*data_batch_3.bin/,
    async read(bytes) {
      await writeFile(join(batches, 'data_batch_3.bin'), bytes);
      await loadCifar10(options);
      expect.unreachable('another content was loaded');
    },
  });
});

test('a file of a remembered Fashion-MNIST with another content is never loaded', async () => {
  const folder = await temporaryFolder();
  const files = join(folder, 'fashion-mnist');
  await mkdir(files);
  await writeFile(join(files, 'train-images-idx3-ubyte.gz'), gzipSync(images));
  await writeFile(join(files, 't10k-images-idx3-ubyte.gz'), gzipSync(images));
  await writeFile(join(files, 'train-labels-idx1-ubyte.gz'), gzipSync(labels));
  await writeFile(join(files, 't10k-labels-idx1-ubyte.gz'), gzipSync(labels));
  const options = { folder, systemFolder: join(folder, 'none') };
  const { train } = await loadFashionMnist(options);
  const load = async (bytes: Uint8Array) => {
    await writeFile(join(files, 'train-images-idx3-ubyte.gz'), bytes);
    // The name and the time in the header of gzip are no content.
    expect((await loadFashionMnist(options)).train).toEqual(train);
  };
  const errors = /^(loadFashionMnist|decodeIdx|fashionMnist): .*train-(images|labels)/;
  await expectMutantsHandled({
    name: 'IDX, compressed',
    inputs: [gzipSync(images)],
    runs,
    errors,
    read: load,
  });
  await expectMutantsHandled({
    name: 'IDX, remembered',
    inputs: [images],
    runs,
    errors,
    async read(bytes) {
      await load(gzipSync(bytes));
      expect.unreachable('another content was loaded');
    },
  });
});
