import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { encodeNpy } from '../formats/npy-format.js';
import { checkCifar10 } from './check-cifar10.js';
import { dataFolder } from './data-folder.js';
import { identifyFiles } from './identify-files.js';
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
    const { train, test, origin } = await loadFashionMnist({ folder, systemFolder: join(folder, 'system') });
    expect(train).toMatchObject({
      examples: Uint8Array.of(10, 20, 30),
      exampleShape: [1, 1, 1],
      labels: Int32Array.of(1, 2, 3),
    });
    expect(origin).toBe('unofficial');
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
    await writeFile(file, gzipSync(new Uint8Array(65 * 1024 ** 2)));
    await expect(loadFashionMnist({ folder })).rejects.toThrow(
      /is damaged \(Cannot create a Buffer larger than/,
    );
    await rm(file);
    await mkdir(file);
    await expect(loadFashionMnist({ folder })).rejects.toThrow(
      `${file} cannot be read (it is a folder, not a file)`,
    );
  });
});

describe('CIFAR-10', () => {
  const names = [...[1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), 'test_batch.bin'];
  const options = () => ({ folder, recordsPerFile: 1 });
  let batches: string;

  beforeEach(async () => {
    batches = join(folder, 'cifar-10-batches-bin');
    await mkdir(batches);
    for (const [label, name] of names.entries()) {
      await writeFile(join(batches, name), new Uint8Array(3073).fill(label));
    }
  });

  it('is read batch by batch in the official order', async () => {
    const { train, test } = await loadCifar10(options());
    expect([...train.labels, ...test.labels]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(train.examples.length).toBe(5 * 3072);
  });

  it.each([loadCifar10, checkCifar10])(
    'is refused by %o if a file is missing, cut, too long or no file',
    async (read) => {
      await expect(read({ folder })).rejects.toThrow(
        /data_batch_1.bin, offset 3073 is the end of a truncated/,
      );
      const first = join(batches, 'data_batch_1.bin');
      await writeFile(first, new Uint8Array(3074));
      await expect(read(options())).rejects.toThrow(
        /data_batch_1.bin cannot be read \(it has 3074 bytes, and 3073 at most are expected\)/,
      );
      await rm(first);
      await expect(read(options())).rejects.toThrow(
        /data_batch_1.bin is missing; expected in .*cifar-10-batches-bin. Run `npx -y pnpm@10 reproduce data cifar10`/,
      );
      execFileSync('mkfifo', [first]);
      await expect(read(options())).rejects.toThrow(
        /data_batch_1.bin cannot be read \(it is a pipe, not a file\)/,
      );
    },
  );

  it('of other pixels than the published ones is named so, and remembered', async () => {
    const seen = await checkCifar10(options());
    expect(seen).toEqual({
      dataset: 'cifar10',
      origin: 'unofficial',
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(await loadCifar10(options())).toMatchObject(seen);
    const changed = new Uint8Array(3073).fill(2);
    changed[1000] = 3;
    await writeFile(join(batches, 'data_batch_3.bin'), changed);
    for (const read of [loadCifar10, checkCifar10]) {
      await expect(read(options())).rejects.toThrow(
        /the sha256 of the content of data_batch_3.bin is [0-9a-f]{64}; expected [0-9a-f]{64}, which it had when it was first read here/,
      );
    }
    await rm(join(folder, 'cifar10.fingerprints.json'));
    expect((await checkCifar10(options())).fingerprint).not.toBe(seen.fingerprint);
  });

  it('is refused while what is remembered of it is damaged', async () => {
    const remembered = join(folder, 'cifar10.fingerprints.json');
    for (const text of ['', 'null', '{"sha256":7}', '[]']) {
      await writeFile(remembered, text);
      await expect(checkCifar10(options())).rejects.toThrow(
        /cifar10.fingerprints.json is damaged .* Delete it/,
      );
    }
  });
});

test('content that was published is official, whatever else is remembered', async () => {
  const digests = { a: '1', b: '2' };
  const identify = (found: Record<string, string>) => identifyFiles('test', folder, 'set', found, digests);
  expect(await identify({ a: '1', b: '3' })).toMatchObject({ origin: 'unofficial' });
  expect(await identify(digests)).toMatchObject({ origin: 'official' });
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
