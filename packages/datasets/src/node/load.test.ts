import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeNpy } from '../formats/npy-format.js';
import { checkCifar10 } from './check-cifar10.js';
import { dataFolder } from './data-folder.js';
import { loadCifar10 } from './load-cifar10.js';
import { loadFashionMnist } from './load-fashion-mnist.js';
import { loadTeacherLogits } from './load-teacher-logits.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadistill-'));
});

afterEach(() => rm(folder, { recursive: true }));

const images = (...pixels: number[]) =>
  gzipSync(Uint8Array.from([0, 0, 8, 3, 0, 0, 0, pixels.length, 0, 0, 0, 1, 0, 0, 0, 1, ...pixels]));
const labels = (...values: number[]) =>
  gzipSync(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, values.length, ...values]));

async function writeFashionMnist(into: string): Promise<void> {
  await mkdir(into);
  await writeFile(join(into, 'train-images-idx3-ubyte.gz'), images(10, 20, 30));
  await writeFile(join(into, 'train-labels-idx1-ubyte.gz'), labels(1, 2, 3));
  await writeFile(join(into, 't10k-images-idx3-ubyte.gz'), images(40));
  await writeFile(join(into, 't10k-labels-idx1-ubyte.gz'), labels(9));
}

describe('dataFolder', () => {
  it('is METADISTILL_DATA, else in the home folder', () => {
    expect(dataFolder({ METADISTILL_DATA: '/data' })).toBe('/data');
    expect(dataFolder({ METADISTILL_DATA: '' })).toBe(join(homedir(), '.cache', 'metadistill'));
    expect(dataFolder({})).toBe(join(homedir(), '.cache', 'metadistill'));
  });
});

describe('loadFashionMnist', () => {
  it.each(['fashion-mnist', 'system'])('finds the files in the folder %s', async (where) => {
    await writeFashionMnist(join(folder, where));
    const { train, test } = await loadFashionMnist({ folder, systemFolder: join(folder, 'system') });
    expect(train).toMatchObject({
      examples: Uint8Array.of(10, 20, 30),
      exampleShape: [1, 1, 1],
      labels: Int32Array.of(1, 2, 3),
    });
    expect(test).toMatchObject({ examples: Uint8Array.of(40), labels: Int32Array.of(9), classes: 10 });
  });

  it('says which command fetches a missing file', async () => {
    await expect(loadFashionMnist({ folder, systemFolder: '/nowhere' })).rejects.toThrow(
      `loadFashionMnist: train-images-idx3-ubyte.gz is missing; expected in ${join(folder, 'fashion-mnist')} or /nowhere. Run \`npx -y pnpm@10 reproduce data fashion-mnist\``,
    );
  });

  it('names a damaged file', async () => {
    await writeFashionMnist(join(folder, 'fashion-mnist'));
    const file = join(folder, 'fashion-mnist', 'train-labels-idx1-ubyte.gz');
    await writeFile(file, labels(1, 2, 3).subarray(0, 15));
    await expect(loadFashionMnist({ folder })).rejects.toThrow(
      `${file} is damaged (unexpected end of file); expected a whole gzip file.`,
    );
    await writeFile(file, labels(1, 2, 77));
    await expect(loadFashionMnist({ folder })).rejects.toThrow(
      `${file}, offset 10 is 77; expected a label 0..9.`,
    );
  });
});

describe('checkCifar10', () => {
  it('passes whole files, and names one that is missing or cut', async () => {
    const batches = join(folder, 'cifar-10-batches-bin');
    await mkdir(batches);
    expect(() => checkCifar10({ folder })).toThrow('data_batch_1.bin is missing');
    const files = [...[1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), 'test_batch.bin'];
    for (const file of files) await writeFile(join(batches, file), new Uint8Array(3073));
    expect(() => checkCifar10({ folder, recordsPerFile: 1 })).not.toThrow();
    await writeFile(join(batches, 'test_batch.bin'), new Uint8Array(3000));
    expect(() => checkCifar10({ folder, recordsPerFile: 1 })).toThrow(
      /test_batch.bin.*truncated file of 3000 bytes/,
    );
  });
});

describe('loadCifar10', () => {
  it('reads the batches in their official order', async () => {
    const batches = join(folder, 'cifar-10-batches-bin');
    await mkdir(batches);
    const names = [
      'data_batch_1',
      'data_batch_2',
      'data_batch_3',
      'data_batch_4',
      'data_batch_5',
      'test_batch',
    ];
    for (const [label, name] of names.entries()) {
      await writeFile(join(batches, `${name}.bin`), new Uint8Array(3073).fill(label));
    }
    const { train, test } = await loadCifar10({ folder, recordsPerFile: 1 });
    expect([...train.labels, ...test.labels]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(train.examples.length).toBe(5 * 3072);
    await expect(loadCifar10({ folder })).rejects.toThrow(
      /data_batch_1.bin, offset 3073 is the end of a truncated/,
    );
  });

  it('says which command fetches a missing file', async () => {
    await expect(loadCifar10({ folder })).rejects.toThrow(
      /data_batch_1.bin is missing; expected in .*cifar-10-batches-bin. Run `npx -y pnpm@10 reproduce data cifar10`/,
    );
  });
});

describe('loadTeacherLogits', () => {
  const dataset = {
    name: 'Tiny',
    examples: new Uint8Array(2),
    exampleShape: [1],
    labels: new Int32Array(2),
    classes: 3,
  };
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);

  it('reads logits that fit their data set', async () => {
    const file = join(folder, 'logits.npy');
    await writeFile(file, encodeNpy({ shape: [2, 3], values }));
    expect(await loadTeacherLogits(file, dataset)).toEqual({ values, examples: 2, classes: 3 });
  });

  it('names the file of logits that do not fit, or that is not there', async () => {
    const file = join(folder, 'logits.npy');
    await expect(loadTeacherLogits(file, dataset)).rejects.toThrow(`${file} cannot be read (ENOENT`);
    await writeFile(file, encodeNpy({ shape: [3, 2], values }));
    await expect(loadTeacherLogits(file, dataset)).rejects.toThrow(
      `${file}: the number of rows is 3; expected 2`,
    );
  });
});
