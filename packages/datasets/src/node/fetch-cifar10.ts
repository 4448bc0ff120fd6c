import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { checkOptions } from '@metadistill/options';
import { unpackTar } from 'modern-tar/fs';
import { recordBytes } from '../formats/cifar-format.js';
import { checkCifar10 } from './check-cifar10.js';
import { cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import { checkUrl } from './download/check-url.js';
import {
  atMost,
  type Checksum,
  type DownloadProgress,
  digestOf,
  download,
  putInPlace,
  type VerifiedFile,
} from './download/download.js';
import { ownDataset } from './download/own-dataset.js';
import { forget } from './identify-files.js';
import type { LockOwner } from './path-lock.js';

/** By default the official source and the usual folder. */
export interface FetchCifar10Options {
  readonly folder?: string;
  /** A mirror of the archive of the binary version. */
  readonly url?: string;
  /** The archive's MD5, if the mirror has another one. */
  readonly md5?: string;
  /** 10,000, unless the mirror's files are cut. */
  readonly recordsPerFile?: number;
  readonly onProgress?: DownloadProgress;
  /** Hears that another process fetches the data set, which is waited for. */
  readonly onWait?: (owner: LockOwner | undefined) => void;
  readonly signal?: AbortSignal;
}

/** The official page states this MD5. */
const OFFICIAL = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const OFFICIAL_MD5 = 'c32a1d4ab5d03f1284b67883e8d87530';
const FILES: readonly string[] = [...cifar10Files.train, ...cifar10Files.test];
/** The official archive has 170,052,171, and 184,380,000 of images. */
const maxArchiveBytes = 256 * 1024 ** 2;

/**
 * Fetches CIFAR-10's binary version, about 170 MB, into `<folder>/cifar-10-batches-bin`, unless its six files are
 * all there and whole. The archive is verified, unpacked beside that folder, and only then are its files put in place; other
 * files of their names are moved aside, and what else is there stays. An archive `<folder>/cifar-10-binary.tar.gz` that you put
 * there saves the download. One process at a time fetches; others wait for it.
 *
 * @throws Error if the source cannot be reached, is too slow or sends too much, the checksum is wrong, or the archive lacks a
 *   file; if files that were there have changed since they were first seen. RangeError if `url` is no address of http or https.
 *   TypeError for an unknown option.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function fetchCifar10(options: FetchCifar10Options = {}): Promise<VerifiedFile[]> {
  checkOptions<FetchCifar10Options>('fetchCifar10', options, {
    folder: true,
    url: true,
    md5: true,
    recordsPerFile: true,
    onProgress: true,
    onWait: true,
    signal: true,
  });
  const { folder = dataFolder(), url = OFFICIAL, md5 = OFFICIAL_MD5, recordsPerFile = 10_000 } = options;
  const { onProgress, onWait, signal } = options;
  checkUrl('fetchCifar10', 'url', url);
  const target = join(folder, cifar10Folder);
  const present = async (): Promise<VerifiedFile[] | undefined> => {
    if (!(await areWhole(target, recordsPerFile))) return undefined;
    await checkCifar10({ folder, recordsPerFile });
    return FILES.map((file) => ({ path: join(target, file), status: 'present' }));
  };
  const before = await present();
  if (before) return before;
  return ownDataset('fetchCifar10', { folder, dataset: 'cifar10', signal, onWait }, async (signal) => {
    const meanwhile = await present();
    if (meanwhile) return meanwhile;
    const archive = join(folder, 'cifar-10-binary.tar.gz');
    const checksum: Checksum = { algorithm: 'md5', of: 'file', digest: md5 };
    const putThere = (await digestOf(archive, checksum, maxArchiveBytes)) === md5;
    if (!putThere) {
      const request = { url, file: archive, checksum, maxBytes: maxArchiveBytes, onProgress, signal };
      await download({ caller: 'fetchCifar10', ...request });
    }
    const unpacked = `${target}.metadistill-part`;
    try {
      await rm(unpacked, { recursive: true, force: true });
      await unpackFiles(archive, unpacked, recordsPerFile, signal);
      if (!(await areWhole(unpacked, recordsPerFile))) {
        throw new Error(
          `fetchCifar10: ${url} has not the six files of CIFAR-10's binary version; expected ${FILES.join(', ')} of ${recordsPerFile * recordBytes} bytes each. Leave out the url to use the official archive.`,
        );
      }
      const fetched = await moveFiles(unpacked, target);
      forget(folder, 'cifar10');
      if (!putThere) await rm(archive);
      return fetched;
    } finally {
      await rm(unpacked, { recursive: true, force: true });
    }
  });
}

/** The archive keeps its files in one folder, which is left out. */
async function unpackFiles(
  archive: string,
  folder: string,
  recordsPerFile: number,
  signal: AbortSignal,
): Promise<void> {
  const wanted = unpackTar(folder, {
    strip: 1,
    filter: (header) => header.type === 'file' && FILES.includes(basename(header.name)),
  });
  // Beside the six files there are a list of classes and a page of text.
  const content = atMost(FILES.length * recordsPerFile * recordBytes + 1024 ** 2);
  await pipeline(createReadStream(archive), createGunzip(), content, wanted, { signal }).catch((cause) => {
    signal.throwIfAborted();
    throw new Error(
      `fetchCifar10: ${archive} cannot be unpacked to ${folder} (${cause.message}); expected a .tar.gz of CIFAR-10's binary version, ` +
        'and room for it. Leave out the url to use the official archive, or free some room.',
      { cause },
    );
  });
}

async function moveFiles(from: string, to: string): Promise<VerifiedFile[]> {
  await mkdir(to, { recursive: true });
  const fetched: VerifiedFile[] = [];
  for (const file of FILES) {
    const path = join(to, file);
    const movedAside = await putInPlace(join(from, file), path);
    fetched.push({ path, status: 'fetched', ...(movedAside !== undefined && { movedAside }) });
  }
  return fetched;
}

async function areWhole(folder: string, recordsPerFile: number): Promise<boolean> {
  const sizes = await Promise.all(
    FILES.map((file) =>
      stat(join(folder, file)).then(
        (entry) => entry.size,
        () => undefined,
      ),
    ),
  );
  return sizes.every((size) => size === recordsPerFile * recordBytes);
}
