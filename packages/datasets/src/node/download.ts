import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';

/** What is fetched, and how it is known to be right. */
export interface Download {
  /** The function that errors name. */
  readonly caller: string;
  readonly url: string;
  /** Where the file goes; its folder is made. */
  readonly file: string;
  readonly checksum: Checksum;
  readonly onProgress?: DownloadProgress | undefined;
  /** Stops the download; nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
}

/** A data file that is in place: of the right size if it was present, of the right checksum if it was fetched. */
export interface VerifiedFile {
  readonly path: string;
  readonly status: 'present' | 'fetched';
}

/** Called with the bytes received so far of a file, and with its size if the server sends it. */
export type DownloadProgress = (file: string, received: number, total: number | undefined) => void;

/** Of the file as it is, or of what it holds once decompressed. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256';
  readonly of: 'file' | 'gunzipped content';
  readonly digest: string;
}

/**
 * Fetches a file, verifies its checksum, and only then gives it its name: what stands under that name is whole.
 *
 * @throws Error if the server cannot be reached or refuses, or the checksum is another; nothing is left behind.
 */
export async function download(request: Download): Promise<void> {
  const { caller, file, checksum } = request;
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${randomUUID()}.part`;
  try {
    await receive(request, partial);
    const digest = await digestOf(partial, checksum);
    if (digest !== checksum.digest) {
      throw new Error(
        `${caller}: the ${checksum.algorithm} of ${request.url} (${checksum.of}) is ${digest}; expected ${checksum.digest}. Run it again; if this repeats, fetch the file elsewhere and put it at ${file}.`,
      );
    }
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/** The digest of a file, or of its content; `unreadable` if it is missing or not a whole gzip file. */
export async function digestOf(file: string, checksum: Checksum): Promise<string> {
  const hash = createHash(checksum.algorithm);
  const content = checksum.of === 'file' ? [] : [createGunzip()];
  try {
    await pipeline([createReadStream(file), ...content, hash]);
  } catch (error) {
    return `unreadable (${(error as Error).message})`;
  }
  return hash.digest('hex');
}

async function receive({ caller, url, file, onProgress, signal }: Download, partial: string): Promise<void> {
  const byHand = `Connect to the internet and run it again, or fetch the file elsewhere and put it at ${file}.`;
  let received = 0;
  try {
    // A server that sees gzip as a mere encoding would have it undone on the way.
    const headers = { 'accept-encoding': 'identity' };
    const response = await fetch(url, { headers, signal: signal ?? null });
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        received += chunk.length;
        onProgress?.(file, received, total);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body as ReadableStream), counted, createWriteStream(partial));
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).syscall !== undefined) {
      throw new Error(
        `${caller}: ${file} cannot be written after ${received} bytes (${(error as Error).message}); expected room for a ` +
          'download. Free some, or name another folder.',
        { cause: error },
      );
    }
    throw new Error(
      `${caller}: ${url} is unreachable after ${received} bytes (${reason(error)}); expected a download. ${byHand}`,
      { cause: error },
    );
  }
}

/** `fetch` says only "fetch failed"; what failed is the cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? `${message}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`
    : message;
}
