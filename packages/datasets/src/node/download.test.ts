import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.js';
import { fetchCifar10 } from './fetch-cifar10.js';
import { fetchFashionMnist } from './fetch-fashion-mnist.js';

let folder: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadistill-'));
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** Serves on a free port of this computer until the test ends; returns the base URL. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Serves these files, counting requests. */
async function serveFiles(files: Record<string, Uint8Array>) {
  const requests: string[] = [];
  const url = await serve((request, response) => {
    const name = request.url?.slice(1) ?? '';
    requests.push(name);
    const bytes = files[name];
    response.writeHead(bytes ? 200 : 404, { 'content-length': bytes?.length ?? 0 }).end(bytes);
  });
  return { url, requests };
}

const digest = (algorithm: 'md5' | 'sha256', bytes: Uint8Array | string) =>
  createHash(algorithm).update(bytes).digest('hex');
const checksum = { algorithm: 'sha256', of: 'file', digest: digest('sha256', 'content') } as const;
const content = { file: Buffer.from('content') };

describe('download', () => {
  it('says that a file cannot be written where that is so, not that the server is unreachable', async () => {
    const { url } = await serveFiles(content);
    // Stands in for the disk that is full on a write.
    const onProgress = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
    };
    const file = join(folder, 'file');
    await expect(download({ caller: 'test', url: `${url}file`, file, checksum, onProgress })).rejects.toThrow(
      /file cannot be written after 7 bytes \(ENOSPC/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives the file its name once it is whole and verified, and reports progress', async () => {
    const { url } = await serveFiles(content);
    const file = join(folder, 'new', 'file');
    const progress: unknown[] = [];
    await download({
      caller: 'test',
      url: `${url}file`,
      file,
      checksum,
      onProgress: (...report) => progress.push(report),
    });
    expect(await readFile(file, 'utf8')).toBe('content');
    expect(progress.at(-1)).toEqual([file, 7, 7]);
    expect(await readdir(join(folder, 'new'))).toEqual(['file']);
  });

  it('keeps nothing of a file with another checksum, and what was there before', async () => {
    const { url } = await serveFiles({ file: Buffer.from('tampered') });
    const file = join(folder, 'file');
    await writeFile(file, 'before');
    await expect(download({ caller: 'test', url: `${url}file`, file, checksum })).rejects.toThrow(
      `test: the sha256 of ${url}file (file) is ${digest('sha256', 'tampered')}; expected ${checksum.digest}.`,
    );
    expect(await readdir(folder)).toEqual(['file']);
    expect(await readFile(file, 'utf8')).toBe('before');
  });

  it('keeps nothing of a broken download', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('only this', () => response.destroy());
    });
    const file = join(folder, 'file');
    await expect(download({ caller: 'test', url, file, checksum })).rejects.toThrow(
      /is unreachable after \d+ bytes \(.*\); expected a download. Connect to the internet/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what to do where the server refuses or is not there', async () => {
    const { url } = await serveFiles({});
    const file = join(folder, 'file');
    await expect(download({ caller: 'test', url: `${url}none`, file, checksum })).rejects.toThrow(
      /status 404/,
    );
    await new Promise((resolve) => server?.close(resolve));
    await expect(download({ caller: 'test', url, file, checksum })).rejects.toThrow(
      `(fetch failed: ECONNREFUSED); expected a download. Connect to the internet and run it again, or fetch the file elsewhere and put it at ${file}.`,
    );
  });

  it('stops when told to, and keeps nothing', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('a beginning');
    });
    const abort = new AbortController();
    const onProgress = () => abort.abort();
    const file = join(folder, 'file');
    const pending = download({ caller: 'test', url, file, checksum, onProgress, signal: abort.signal });
    await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await readdir(folder)).toEqual([]);
  });
});

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
    expect(await fetchAll()).toEqual([
      { path: join(systemFolder, 'a.gz'), status: 'present' },
      { path: join(folder, 'fashion-mnist', 'b.gz'), status: 'present' },
      { path: join(folder, 'fashion-mnist', 'c.gz'), status: 'fetched' },
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
    const { url, requests } = await serveFiles({ 'cifar.tar.gz': archive });
    const options = { folder, url: `${url}cifar.tar.gz`, md5: digest('md5', archive), recordsPerFile };
    const first = await fetchCifar10(options);
    expect(first.map(({ status }) => status)).toEqual(Array(6).fill('fetched'));
    expect(await readdir(folder)).toEqual(['cifar-10-batches-bin']);
    expect(await readdir(join(folder, 'cifar-10-batches-bin'))).toEqual(names.map((name) => `${name}.bin`));
    expect(await readFile((first[5] as { path: string }).path)).toEqual(Buffer.alloc(3073, 5));
    expect((await fetchCifar10(options)).map(({ status }) => status)).toEqual(Array(6).fill('present'));
    expect(requests).toEqual(['cifar.tar.gz']);
  });

  it('replaces a cut file, from an archive that was put there by hand', async () => {
    const archive = await archiveOf(names);
    await writeFile(join(folder, 'cifar.tar.gz'), archive);
    await mkdir(join(folder, 'cifar-10-batches-bin'));
    await writeFile(join(folder, 'cifar-10-batches-bin', 'data_batch_1.bin'), 'cut');
    const options = { folder, md5: digest('md5', archive), recordsPerFile };
    await fetchCifar10({ ...options, url: 'http://127.0.0.1:1/cifar.tar.gz' });
    expect(await readdir(join(folder, 'cifar-10-batches-bin'))).toHaveLength(6);
  });

  it('refuses an archive that lacks a file, and keeps no half of it', async () => {
    const archive = await archiveOf(names.slice(1));
    const { url } = await serveFiles({ 'cifar.tar.gz': archive });
    const options = { folder, url: `${url}cifar.tar.gz`, md5: digest('md5', archive), recordsPerFile };
    await expect(fetchCifar10(options)).rejects.toThrow(/has not the six files .* expected data_batch_1.bin/);
    expect(await readdir(folder)).toEqual(['cifar.tar.gz']);
  });

  it('refuses an archive with another checksum', async () => {
    const { url } = await serveFiles({ 'cifar.tar.gz': await archiveOf(names) });
    await expect(fetchCifar10({ folder, url: `${url}cifar.tar.gz`, recordsPerFile })).rejects.toThrow(
      /the md5 of .* expected c32a1d4ab5d03f1284b67883e8d87530/,
    );
    expect(await readdir(folder)).toEqual([]);
  });
});
