import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest, serve, serveFiles } from '../../test/serve.js';
import { fetchCifar10 } from './fetch-cifar10.js';
import { fetchFashionMnist } from './fetch-fashion-mnist.js';
import { fetchTeacherLogits } from './fetch-teacher-logits.js';
import { loadCifar10 } from './load-cifar10.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadistill-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('fetchFashionMnist', () => {
  const entry = (name: string) => ({ file: `${name}.gz`, contentSha256: digest('sha256', name) });
  const files = {
    trainImages: entry('a'),
    trainLabels: entry('b'),
    testImages: entry('c'),
    testLabels: entry('d'),
  };

  it('fetches what is missing or damaged, and accepts any compression of the right content', async () => {
    const systemFolder = join(folder, 'system');
    await mkdir(systemFolder);
    await writeFile(join(systemFolder, 'a.gz'), gzipSync('a', { level: 0 }));
    await mkdir(join(folder, 'fashion-mnist'));
    await writeFile(join(folder, 'fashion-mnist', 'b.gz'), gzipSync('b'));
    await writeFile(join(folder, 'fashion-mnist', 'c.gz'), gzipSync('c').subarray(0, 9));
    const { url, requests } = await serveFiles({
      'c.gz': gzipSync('c'),
      'd.gz': gzipSync('d', { level: 1 }),
    });
    const fetchAll = () => fetchFashionMnist({ folder, systemFolder, baseUrl: url, files });
    const damaged = join(folder, 'fashion-mnist', 'c.gz');
    expect(await fetchAll()).toEqual([
      { path: join(systemFolder, 'a.gz'), status: 'present' },
      { path: join(folder, 'fashion-mnist', 'b.gz'), status: 'present' },
      { path: damaged, status: 'fetched', movedAside: `${damaged}.replaced` },
      { path: join(folder, 'fashion-mnist', 'd.gz'), status: 'fetched' },
    ]);
    expect((await fetchAll()).map(({ status }) => status)).toEqual(Array(4).fill('present'));
    expect(requests).toEqual(['c.gz', 'd.gz']);
  });

  it('refuses a source that serves other content', async () => {
    const { url } = await serveFiles({ 'a.gz': gzipSync('other') });
    await expect(fetchFashionMnist({ folder, systemFolder: folder, baseUrl: url, files })).rejects.toThrow(
      /the sha256 of .*a.gz \(gunzipped content\) is .*; expected/,
    );
    expect(await readdir(join(folder, 'fashion-mnist'))).toEqual([]);
  });

  it('refuses what is no address, and files elsewhere', async () => {
    await expect(fetchFashionMnist({ folder, baseUrl: 'nowhere' })).rejects.toThrow(
      "fetchFashionMnist: baseUrl is 'nowhere'; expected an address",
    );
    const elsewhere = { ...files, testLabels: entry('../d') };
    await expect(fetchFashionMnist({ folder, files: elsewhere })).rejects.toThrow(
      "files has '../d.gz'; expected names of files without a folder",
    );
  });
});

describe('fetchCifar10', () => {
  const names = [
    'data_batch_1',
    'data_batch_2',
    'data_batch_3',
    'data_batch_4',
    'data_batch_5',
    'test_batch',
  ];
  const recordsPerFile = 1;

  async function archiveOf(batches: readonly string[]) {
    const tar = await packTar([
      ...batches.map((name) => ({
        header: { name: `cifar-10-batches-bin/${name}.bin`, size: 3073 },
        body: new Uint8Array(3073).fill(5),
      })),
      { header: { name: 'cifar-10-batches-bin/readme.html', size: 2 }, body: 'hi' },
    ]);
    return gzipSync(tar);
  }

  it('unpacks the six files, once, and leaves nothing else', async () => {
    const archive = await archiveOf(names);
    const { url, requests } = await serveFiles({ 'cifar-10-binary.tar.gz': archive });
    const options = {
      folder,
      url: `${url}cifar-10-binary.tar.gz`,
      md5: digest('md5', archive),
      recordsPerFile,
    };
    const first = await fetchCifar10(options);
    expect(first.some(({ movedAside }) => movedAside)).toBe(false);
    expect(first.map(({ status }) => status)).toEqual(Array(6).fill('fetched'));
    expect(await readdir(folder)).toEqual(['cifar-10-batches-bin']);
    expect(await readdir(join(folder, 'cifar-10-batches-bin'))).toEqual(names.map((name) => `${name}.bin`));
    expect(await readFile((first[5] as { path: string }).path)).toEqual(Buffer.alloc(3073, 5));
    expect((await fetchCifar10(options)).map(({ status }) => status)).toEqual(Array(6).fill('present'));
    expect(requests).toEqual(['cifar-10-binary.tar.gz']);
  });

  it('takes an archive that was put there by hand, and deletes nothing of the user', async () => {
    const archive = await archiveOf(names);
    await writeFile(join(folder, 'cifar-10-binary.tar.gz'), archive);
    const batches = join(folder, 'cifar-10-batches-bin');
    await mkdir(batches);
    await writeFile(join(batches, 'data_batch_1.bin'), 'cut');
    await writeFile(join(batches, 'notes.txt'), 'mine');
    const options = { folder, md5: digest('md5', archive), recordsPerFile };
    const fetched = await fetchCifar10({ ...options, url: 'http://127.0.0.1:1/cifar-10-binary.tar.gz' });
    const aside = join(batches, 'data_batch_1.bin.replaced');
    expect(fetched.filter(({ movedAside }) => movedAside)).toMatchObject([{ movedAside: aside }]);
    expect(await readFile(aside, 'utf8')).toBe('cut');
    expect(await readFile(join(batches, 'notes.txt'), 'utf8')).toBe('mine');
    expect(await readdir(batches)).toHaveLength(8);
    expect(await readdir(folder)).toEqual(['cifar-10-batches-bin', 'cifar-10-binary.tar.gz']);
  });

  it('is done once by processes that start at the same time', async () => {
    const archive = await archiveOf(names);
    const requests: string[] = [];
    let waited = 0;
    const url = await serve(({ url }, response) => {
      requests.push(url ?? '');
      response.write(archive.subarray(0, 9));
      // The other has to see the lock.
      const end = setInterval(() => {
        if (waited === 0) return;
        clearInterval(end);
        response.end(archive.subarray(9));
      }, 10);
    });
    const onWait = () => {
      waited++;
    };
    const options = { folder, url, md5: digest('md5', archive), recordsPerFile, onWait };
    const both = await Promise.all([fetchCifar10(options), fetchCifar10(options)]);
    expect(both.map(([file]) => file?.status).sort()).toEqual(['fetched', 'present']);
    expect(requests).toHaveLength(1);
    expect(waited).toBe(1);
  });

  it('refuses files that changed since they were first seen', async () => {
    const archive = await archiveOf(names);
    const { url } = await serveFiles({ 'cifar-10-binary.tar.gz': archive });
    const options = {
      folder,
      url: `${url}cifar-10-binary.tar.gz`,
      md5: digest('md5', archive),
      recordsPerFile,
    };
    const [first] = await fetchCifar10(options);
    expect(await loadCifar10({ folder, recordsPerFile })).toMatchObject({ origin: 'unofficial' });
    await writeFile(first?.path ?? '', new Uint8Array(3073).fill(6));
    await expect(fetchCifar10(options)).rejects.toThrow(
      /^checkCifar10: the sha256 of the content of data_batch_1.bin/,
    );
  });

  it('refuses an archive that lacks a file, and keeps no half of it', async () => {
    const archive = await archiveOf(names.slice(1));
    const { url } = await serveFiles({ 'cifar-10-binary.tar.gz': archive });
    const options = {
      folder,
      url: `${url}cifar-10-binary.tar.gz`,
      md5: digest('md5', archive),
      recordsPerFile,
    };
    await expect(fetchCifar10(options)).rejects.toThrow(/has not the six files .* expected data_batch_1.bin/);
    expect(await readdir(folder)).toEqual(['cifar-10-binary.tar.gz']);
  });

  it('unpacks no more than six files hold', async () => {
    const tar = await packTar([
      {
        header: { name: 'cifar-10-batches-bin/data_batch_1.bin', size: 30_000_000 },
        body: new Uint8Array(30_000_000),
      },
    ]);
    const archive = gzipSync(tar);
    const { url } = await serveFiles({ 'cifar-10-binary.tar.gz': archive });
    const options = {
      folder,
      url: `${url}cifar-10-binary.tar.gz`,
      md5: digest('md5', archive),
      recordsPerFile,
    };
    await expect(fetchCifar10(options)).rejects.toThrow(
      /cannot be unpacked to .* \(more than 1067014 bytes\)/,
    );
  });

  it('refuses an archive with another checksum', async () => {
    const { url } = await serveFiles({ 'cifar-10-binary.tar.gz': await archiveOf(names) });
    await expect(
      fetchCifar10({ folder, url: `${url}cifar-10-binary.tar.gz`, recordsPerFile }),
    ).rejects.toThrow(/the md5 of .* expected c32a1d4ab5d03f1284b67883e8d87530/);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('fetchTeacherLogits', () => {
  const entry = (name: string, source: string) => ({ file: name, source, sha256: digest('sha256', source) });
  const files = [entry('resnet.npy', 'theirs-1.npy'), entry('cnn.npy', 'theirs-2.npy')];
  const served = { 'theirs-1.npy': Buffer.from('theirs-1.npy'), 'theirs-2.npy': Buffer.from('theirs-2.npy') };

  it('fetches what is missing under our names, moves others aside, and asks for nothing twice', async () => {
    const logits = join(folder, 'teacher-logits');
    await mkdir(logits);
    await writeFile(join(logits, 'cnn.npy'), 'of a teacher of mine');
    const { url, requests } = await serveFiles(served);
    const fetchAll = () => fetchTeacherLogits({ folder, baseUrl: url, files });
    const [resnet, cnn] = [join(logits, 'resnet.npy'), join(logits, 'cnn.npy')];
    expect(await fetchAll()).toEqual([
      { path: resnet, status: 'fetched' },
      { path: cnn, status: 'fetched', movedAside: `${cnn}.replaced` },
    ]);
    expect(await readFile(resnet, 'utf8')).toBe('theirs-1.npy');
    expect(await readFile(`${cnn}.replaced`, 'utf8')).toBe('of a teacher of mine');
    expect((await fetchAll()).map(({ status }) => status)).toEqual(['present', 'present']);
    expect(requests).toEqual(['theirs-1.npy', 'theirs-2.npy']);
  });

  it('follows a redirect to the content', async () => {
    const { url } = await serveFiles(served);
    const redirecting = await serve((request, response) => {
      response.writeHead(302, { location: new URL(request.url?.slice(1) ?? '', url).href }).end();
    });
    const fetched = await fetchTeacherLogits({ folder, baseUrl: redirecting, files });
    expect(fetched.map(({ status }) => status)).toEqual(['fetched', 'fetched']);
  });

  it("refuses a source that serves other content than the authors'", async () => {
    const { url } = await serveFiles({ 'logits_resnet.npy': Buffer.from('other') });
    await expect(fetchTeacherLogits({ folder, baseUrl: url })).rejects.toThrow(
      /the sha256 of .*logits_resnet.npy \(file\) is .*; expected 4d9113ac.* put it at .*cifar10-resnet18.npy/,
    );
    expect(await readdir(join(folder, 'teacher-logits'))).toEqual([]);
  });

  it('refuses what is no address, files elsewhere and unknown options', async () => {
    await expect(fetchTeacherLogits({ folder, baseUrl: 'nowhere' })).rejects.toThrow(
      "fetchTeacherLogits: baseUrl is 'nowhere'; expected an address",
    );
    await expect(fetchTeacherLogits({ folder, files: [entry('../a.npy', 'a.npy')] })).rejects.toThrow(
      "files has '../a.npy'; expected names of files without a folder",
    );
    await expect(fetchTeacherLogits({ url: 'x' } as object)).rejects.toThrow(TypeError);
  });
});
