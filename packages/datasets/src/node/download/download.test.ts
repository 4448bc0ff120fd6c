import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digest, serve, serveFiles } from '../../../test/serve.js';
import { type Download, digestOf, download } from './download.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadistill-'));
  file = join(folder, 'file');
});

afterEach(() => rm(folder, { recursive: true }));

const checksum = { algorithm: 'sha256', of: 'file', digest: digest('sha256', 'content') } as const;
const content = { file: Buffer.from('content') };
const part = 'file.metadistill-part';
const fetchFile = (url: string, more: Partial<Download> = {}) =>
  download({ caller: 'test', url, file, checksum, maxBytes: 1000, ...more });

test('says that a file cannot be written if that is so, not that the server is unreachable', async () => {
  const { url } = await serveFiles(content);
  // Stands in for the disk that is full on a write.
  const onProgress = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
  };
  await expect(fetchFile(`${url}file`, { onProgress })).rejects.toThrow(
    /file cannot be written after 7 bytes \(ENOSPC/,
  );
});

test('gives the file its name once it is whole and verified, and reports progress', async () => {
  const { url } = await serveFiles(content);
  file = join(folder, 'new', 'file');
  const progress: unknown[] = [];
  await fetchFile(`${url}file`, { onProgress: (...report) => progress.push(report) });
  expect(await readFile(file, 'utf8')).toBe('content');
  expect(progress.at(-1)).toEqual([file, 7, 7]);
  expect(await readdir(join(folder, 'new'))).toEqual(['file']);
});

test('keeps nothing of a file with another checksum, and what was there before', async () => {
  const { url } = await serveFiles({ file: Buffer.from('tampered') });
  await writeFile(file, 'before');
  await expect(fetchFile(`${url}file`)).rejects.toThrow(
    `test: the sha256 of ${url}file (file) is ${digest('sha256', 'tampered')}; expected ${checksum.digest}.`,
  );
  expect(await readdir(folder)).toEqual(['file']);
  expect(await readFile(file, 'utf8')).toBe('before');
});

test('moves aside what has the name, as often as need be', async () => {
  const { url } = await serveFiles(content);
  await writeFile(file, 'first');
  expect(await fetchFile(`${url}file`)).toBe(`${file}.replaced`);
  await writeFile(file, 'second');
  expect(await fetchFile(`${url}file`)).toBe(`${file}.replaced-2`);
  expect(await readFile(`${file}.replaced`, 'utf8')).toBe('first');
  expect(await readFile(`${file}.replaced-2`, 'utf8')).toBe('second');
});

test('resumes a download that broke off', async () => {
  const { url, requests } = await serveFiles(content);
  await writeFile(join(folder, part), 'cont');
  await fetchFile(`${url}file`);
  expect(requests).toEqual(['file from 4']);
  expect(await readFile(file, 'utf8')).toBe('content');
});

test('takes a part that was whole as it is', async () => {
  const { url, requests } = await serveFiles(content);
  await writeFile(join(folder, part), 'content');
  await fetchFile(`${url}file`);
  expect(requests).toEqual([]);
});

test('starts again if the part is of another file, or the server sends all or nothing of the rest', async () => {
  const { url, requests } = await serveFiles(content);
  for (const found of ['CONT', 'longer than it']) {
    await writeFile(join(folder, part), found);
    await fetchFile(`${url}file`);
    expect(await readFile(file, 'utf8')).toBe('content');
  }
  expect(requests).toEqual(['file from 4', 'file', 'file from 14', 'file']);
  const whole = await serve((_, response) => response.end('content'));
  await writeFile(join(folder, part), 'cont');
  await fetchFile(whole);
  expect(await readFile(file, 'utf8')).toBe('content');
});

test('keeps what arrived of a broken download for the next one', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('only this', () => response.destroy());
  });
  await expect(fetchFile(url)).rejects.toThrow(
    /is unreachable after \d+ bytes \(.*\); expected a download. Connect to the internet/,
  );
  expect(await readdir(folder)).toEqual([part]);
});

test('says what to do if the server refuses or is not there', async () => {
  const { url } = await serveFiles({});
  await expect(fetchFile(`${url}none`)).rejects.toThrow(/status 404/);
  await expect(fetchFile('http://127.0.0.1:1/')).rejects.toThrow(
    `(fetch failed: bad port); expected a download. Connect to the internet and run it again, which resumes; or fetch the file elsewhere and put it at ${file}.`,
  );
});

test('takes no more than it expects, whether the server says how much it sends or not', async () => {
  const honest = await serve((_, response) => response.end(new Uint8Array(1001)));
  await expect(fetchFile(honest)).rejects.toThrow('1001 bytes, where 1000 at most are expected');
  const endless = await serve((_, response) => {
    const more = () => response.write(new Uint8Array(500), () => setImmediate(more));
    more();
  });
  await expect(fetchFile(endless)).rejects.toThrow('more than 1000 bytes');
});

test('gives up a server that sends nothing, or next to nothing', async () => {
  const slowest = { bytes: 100, ms: 150 };
  const silent = await serve(() => {});
  await expect(fetchFile(silent, { slowest })).rejects.toThrow('fewer than 100 bytes in 0.15 s');
  const dripping = await serve((_, response) => {
    const drip = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(drip));
  });
  await expect(fetchFile(dripping, { slowest })).rejects.toThrow('fewer than 100 bytes in 0.15 s');
});

test('stops when told to, and keeps what arrived', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('a beginning');
  });
  const abort = new AbortController();
  const pending = fetchFile(url, { onProgress: () => abort.abort(), signal: abort.signal });
  await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(await readdir(folder)).toEqual([part]);
});

test('unpacks no more of a gzip file than is expected, and reads no pipe', async () => {
  const bomb = { algorithm: 'sha256', of: 'gunzipped content', digest: '' } as const;
  await writeFile(file, gzipSync(new Uint8Array(10_000_000)));
  expect(await digestOf(file, bomb, 1_000_000)).toBe('unreadable (more than 1000000 bytes)');
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect(await digestOf(join(folder, 'pipe'), bomb, 10)).toBe('unreadable (it is a pipe, not a file)');
});
