import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { checkOptions } from '@metadistill/options';
import { unpackTar } from 'modern-tar/fs';
import { recordBytes } from '../formats/cifar-format.js';
import { cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import { type DownloadProgress, digestOf, download, type VerifiedFile } from './download.js';

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
  readonly signal?: AbortSignal;
}

const OFFICIAL = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const OFFICIAL_MD5 = 'c32a1d4ab5d03f1284b67883e8d87530';
const FILES: readonly string[] = [...cifar10Files.train, ...cifar10Files.test];

/**
 * Fetches CIFAR-10's binary version, about 170 MB, into `<folder>/cifar-10-batches-bin`, unless its six files are
 * all there and whole. The archive is verified, unpacked beside that folder, and only then put in its place.
 *
 * @throws Error if the source cannot be reached, the checksum is wrong, or the archive lacks a file; nothing
 *   half-unpacked is left. TypeError for an unknown option.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export async function fetchCifar10(options: FetchCifar10Options = {}): Promise<VerifiedFile[]> {
  checkOptions('fetchCifar10', options, {
    folder: true,
    url: true,
    md5: true,
    recordsPerFile: true,
    onProgress: true,
    signal: true,
  });
  const { folder = dataFolder(), url = OFFICIAL, md5 = OFFICIAL_MD5, onProgress, signal } = options;
  const { recordsPerFile = 10_000 } = options;
  const target = join(folder, cifar10Folder);
  const paths = FILES.map((file) => join(target, file));
  if (await areWhole(paths, recordsPerFile)) return paths.map((path) => ({ path, status: 'present' }));

  const archive = join(folder, basename(new URL(url).pathname));
  const unpacked = `${target}.${randomUUID()}.part`;
  const checksum = { algorithm: 'md5', of: 'file', digest: md5 } as const;
  try {
    // An archive that was put there by hand saves the download.
    if ((await digestOf(archive, checksum)) !== md5) {
      await download({ caller: 'fetchCifar10', url, file: archive, checksum, onProgress, signal });
    }
    await unpackFiles(archive, unpacked);
    if (
      !(await areWhole(
        FILES.map((file) => join(unpacked, file)),
        recordsPerFile,
      ))
    ) {
      throw new Error(
        `fetchCifar10: ${url} has not the six files of CIFAR-10's binary version; expected ${FILES.join(', ')} of ${recordsPerFile * recordBytes} bytes each. Leave out the url to use the official archive.`,
      );
    }
    await rm(target, { recursive: true, force: true });
    await rename(unpacked, target);
    await rm(archive);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return paths.map((path) => ({ path, status: 'fetched' }));
}

/** The archive keeps its files in one folder, which is left out. */
async function unpackFiles(archive: string, folder: string): Promise<void> {
  const wanted = unpackTar(folder, {
    strip: 1,
    filter: (header) => header.type === 'file' && FILES.includes(basename(header.name)),
  });
  await pipeline(createReadStream(archive), createGunzip(), wanted);
}

async function areWhole(paths: readonly string[], recordsPerFile: number): Promise<boolean> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (entry) => entry.size,
        () => undefined,
      ),
    ),
  );
  return sizes.every((size) => size === recordsPerFile * recordBytes);
}
