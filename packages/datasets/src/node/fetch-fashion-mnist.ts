import { basename, join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { dataFolder } from './data-folder.js';
import { checkUrl } from './download/check-url.js';
import {
  type Checksum,
  type DownloadProgress,
  digestOf,
  download,
  type VerifiedFile,
} from './download/download.js';
import { ownDataset } from './download/own-dataset.js';
import {
  type FashionMnistFile,
  type FashionMnistFiles,
  fashionMnistFiles,
  fashionMnistMaxBytes,
  fashionMnistSystemFolder,
} from './fashion-mnist-files.js';
import { forget } from './identify-files.js';
import type { LockOwner } from './path-lock.js';

/** By default the official source and the usual folders. */
export interface FetchFashionMnistOptions {
  readonly folder?: string;
  readonly systemFolder?: string;
  /** A mirror of the four files; ends in `/`. */
  readonly baseUrl?: string;
  /** Names and checksums, if the mirror has other ones. */
  readonly files?: FashionMnistFiles;
  readonly onProgress?: DownloadProgress;
  /** Hears that another process fetches the data set, which is waited for. */
  readonly onWait?: (owner: LockOwner | undefined) => void;
  readonly signal?: AbortSignal;
}

const OFFICIAL = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/';

/**
 * Fetches those of Fashion-MNIST's four files that are neither in `<folder>/fashion-mnist` nor in the system's
 * folder, about 31 MB, and verifies all four. Another file of such a name is moved aside. One process at a time fetches; others
 * wait for it.
 *
 * @throws Error if the source cannot be reached, is too slow or sends too much, or a checksum is wrong; files that are whole
 *   stay. RangeError if `baseUrl` is no address of http or https, or a file is in another folder. TypeError for an unknown option.
 * @see https://github.com/zalandoresearch/fashion-mnist
 */
export async function fetchFashionMnist(options: FetchFashionMnistOptions = {}): Promise<VerifiedFile[]> {
  checkOptions<FetchFashionMnistOptions>('fetchFashionMnist', options, {
    folder: true,
    systemFolder: true,
    baseUrl: true,
    files: true,
    onProgress: true,
    onWait: true,
    signal: true,
  });
  const { folder = dataFolder(), systemFolder = fashionMnistSystemFolder } = options;
  const { baseUrl = OFFICIAL, files = fashionMnistFiles, onProgress, onWait, signal } = options;
  checkUrl('fetchFashionMnist', 'baseUrl', baseUrl);
  const wanted = Object.values(files);
  for (const { file } of wanted) {
    if (basename(file) === file) continue;
    throw new RangeError(`fetchFashionMnist: files has '${file}'; expected names of files without a folder.`);
  }
  const cache = join(folder, 'fashion-mnist');
  const present = async (wanted: FashionMnistFile): Promise<VerifiedFile | undefined> => {
    const path = await findWhole(wanted.file, [cache, systemFolder], checksumOf(wanted));
    return path === undefined ? undefined : { path, status: 'present' };
  };
  const before = await Promise.all(wanted.map(present));
  if (before.every((found) => found !== undefined)) return before;
  return ownDataset(
    'fetchFashionMnist',
    { folder, dataset: 'fashion-mnist', signal, onWait },
    async (signal) => {
      const verified: VerifiedFile[] = [];
      for (const one of wanted) {
        const found = await present(one);
        if (found) {
          verified.push(found);
          continue;
        }
        const path = join(cache, one.file);
        const url = new URL(one.file, baseUrl).href;
        const request = { url, file: path, checksum: checksumOf(one), maxBytes: fashionMnistMaxBytes };
        const movedAside = await download({ caller: 'fetchFashionMnist', ...request, onProgress, signal });
        forget(folder, 'fashion-mnist');
        verified.push({ path, status: 'fetched', ...(movedAside !== undefined && { movedAside }) });
      }
      return verified;
    },
  );
}

const checksumOf = ({ contentSha256 }: FashionMnistFile): Checksum => ({
  algorithm: 'sha256',
  of: 'gunzipped content',
  digest: contentSha256,
});

async function findWhole(
  file: string,
  folders: readonly string[],
  checksum: Checksum,
): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, file);
    if ((await digestOf(path, checksum, fashionMnistMaxBytes)) === checksum.digest) return path;
  }
  return undefined;
}
