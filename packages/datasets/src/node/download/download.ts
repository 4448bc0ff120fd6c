import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, lstatSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { regularFile } from '../regular-file.js';

/** What is fetched, and how it is known to be right. */
export interface Download {
  /** The function that errors name. */
  readonly caller: string;
  readonly url: string;
  /** Where the file goes; its folder is made. */
  readonly file: string;
  readonly checksum: Checksum;
  /** What neither the file nor its content exceeds, so that no server fills the disk. */
  readonly maxBytes: number;
  readonly onProgress?: DownloadProgress | undefined;
  /** Stops the download; what has arrived is kept, and the next one resumes from there. */
  readonly signal?: AbortSignal | undefined;
  /** A server that sends fewer bytes in as many milliseconds is given up. */
  readonly slowest?: { readonly bytes: number; readonly ms: number };
}

/** A data file that is in place: of known content if it was present, of the right checksum if it was fetched. */
export interface VerifiedFile {
  readonly path: string;
  readonly status: 'present' | 'fetched';
  /** Where a file of the same name and another content went, to make room for the one that was fetched. */
  readonly movedAside?: string;
}

/** Called with the bytes received so far of a file, and with its size if the server sends it. */
export type DownloadProgress = (file: string, received: number, total: number | undefined) => void;

/** Of the file as it is, or of what it holds once decompressed. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256';
  readonly of: 'file' | 'gunzipped content';
  readonly digest: string;
}

/** What has arrived of a file. */
const partOf = (file: string): string => `${file}.metadistill-part`;

/**
 * Fetches a file, verifies its checksum, and only then gives it its name: what stands under that name is whole. What had the name
 * before is moved aside. A download that was cut short is resumed.
 *
 * Call it while you hold the lock of the data set.
 *
 * @returns where what had the name before is now.
 * @throws Error if the server cannot be reached, refuses, is too slow or sends too much, or the checksum is another.
 */
export async function download(request: Download): Promise<string | undefined> {
  const { caller, url, file, checksum, maxBytes } = request;
  await mkdir(dirname(file), { recursive: true });
  const part = partOf(file);
  // A download may have been killed when all had arrived.
  if ((await digestOf(part, checksum, maxBytes)) === checksum.digest) return putInPlace(part, file);
  for (;;) {
    const resumed = await receive(request, part);
    const digest = await digestOf(part, checksum, maxBytes);
    if (digest === checksum.digest) return putInPlace(part, file);
    await rm(part);
    // The server's file may have changed since the first part of it arrived.
    if (resumed) continue;
    throw new Error(
      `${caller}: the ${checksum.algorithm} of ${url} (${checksum.of}) is ${digest}; expected ${checksum.digest}. Run it again; if this repeats, fetch the file elsewhere and put it at ${file}.`,
    );
  }
}

/**
 * Gives a file its name. Another file that has it is moved aside, to `NAME.replaced`, `NAME.replaced-2`, ...
 *
 * @returns where that is now; undefined if there was none.
 */
export async function putInPlace(from: string, to: string): Promise<string | undefined> {
  let aside: string | undefined;
  if (lstatSync(to, { throwIfNoEntry: false })) {
    const names = (count: number) => `${to}.replaced${count > 1 ? `-${count}` : ''}`;
    let count = 1;
    while (lstatSync(names(count), { throwIfNoEntry: false })) count++;
    aside = names(count);
    await rename(to, aside);
  }
  await rename(from, to);
  return aside;
}

/** The digest of a file, or of its content; `unreadable` if it is missing, not a whole gzip file, or larger than `maxBytes`. */
export async function digestOf(file: string, checksum: Checksum, maxBytes: number): Promise<string> {
  const hash = createHash(checksum.algorithm);
  const content = checksum.of === 'file' ? new PassThrough() : createGunzip();
  try {
    regularFile(file);
    await pipeline(createReadStream(file), content, atMost(maxBytes), hash);
  } catch (error) {
    return `unreadable (${(error as Error).message})`;
  }
  return hash.digest('hex');
}

/** Passes chunks on, up to so many bytes. */
export function atMost(maxBytes: number, onBytes: (received: number) => void = () => {}, before = 0) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let received = before;
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
      onBytes(received);
      yield chunk;
    }
  };
}

/** Receives a file, or what is missing of it. @returns whether the beginning was there. */
async function receive(
  { caller, url, file, maxBytes, onProgress, signal, slowest = { bytes: 1024, ms: 30_000 } }: Download,
  part: string,
): Promise<boolean> {
  const from = existsSync(part) ? statSync(part).size : 0;
  let received = from;
  const given = new AbortController();
  let seen = 0;
  const watch = setInterval(() => {
    if (received - seen < slowest.bytes)
      given.abort(new Error(`fewer than ${slowest.bytes} bytes in ${slowest.ms / 1000} s`));
    seen = received;
  }, slowest.ms);
  seen = received;
  const stop = signal ? AbortSignal.any([signal, given.signal]) : given.signal;
  try {
    let response = await request(url, from, stop);
    const start = beginsAt(response, from) ? from : 0;
    if (start < from && response.status !== 200) {
      await response.body?.cancel();
      response = await request(url, 0, stop);
    }
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    received = start;
    seen = start;
    const length = Number(response.headers.get('content-length'));
    const total = length > 0 ? start + length : undefined;
    if (total !== undefined && total > maxBytes)
      throw new Error(`${total} bytes, where ${maxBytes} at most are expected`);
    const count = (bytes: number) => {
      received = bytes;
      onProgress?.(file, received, total);
    };
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream),
      atMost(maxBytes, count, start),
      createWriteStream(part, { flags: start > 0 ? 'a' : 'w', flush: true }),
      { signal: stop },
    );
    return start > 0;
  } catch (error) {
    signal?.throwIfAborted();
    const cause = given.signal.aborted ? given.signal.reason : error;
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) {
      throw new Error(
        `${caller}: ${file} cannot be written after ${received} bytes (${cause.message}); expected room for a ` +
          'download. Free some, or name another folder.',
        { cause },
      );
    }
    throw new Error(
      `${caller}: ${url} is unreachable after ${received} bytes (${reason(cause)}); expected a download. Connect to the internet and ` +
        `run it again, which resumes; or fetch the file elsewhere and put it at ${file}.`,
      { cause },
    );
  } finally {
    clearInterval(watch);
  }
}

const request = (url: string, from: number, signal: AbortSignal): Promise<Response> =>
  fetch(url, {
    signal,
    headers: {
      // A server that sees gzip as a mere encoding would have it undone on the way.
      'accept-encoding': 'identity',
      ...(from > 0 && { range: `bytes=${from}-` }),
    },
  });

const beginsAt = ({ status, headers }: Response, from: number): boolean =>
  status === 206 && headers.get('content-range')?.startsWith(`bytes ${from}-`) === true;

/** `fetch` says only "fetch failed"; what failed is the cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? `${message}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`
    : message;
}
