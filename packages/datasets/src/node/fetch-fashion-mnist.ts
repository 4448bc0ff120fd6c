import { join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { dataFolder } from './data-folder.js';
import { type Checksum, type DownloadProgress, digestOf, download, type VerifiedFile } from './download.js';
import {
  type FashionMnistFiles,
  fashionMnistFiles,
  fashionMnistSystemFolder,
} from './fashion-mnist-files.js';

/** By default the official source and the usual folders. */
export interface FetchFashionMnistOptions {
  readonly folder?: string;
  readonly systemFolder?: string;
  /** A mirror of the four files; ends in `/`. */
  readonly baseUrl?: string;
  /** Names and checksums, if the mirror has other ones. */
  readonly files?: FashionMnistFiles;
  readonly onProgress?: DownloadProgress;
  readonly signal?: AbortSignal;
}

const OFFICIAL = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/';

/**
 * Fetches those of Fashion-MNIST's four files that are neither in `<folder>/fashion-mnist` nor in the system's
 * folder, about 31 MB, and verifies all four.
 *
 * @throws Error if the source cannot be reached or a checksum is wrong; files that are whole stay. TypeError for an unknown
 *   option.
 * @see https://github.com/zalandoresearch/fashion-mnist
 */
export async function fetchFashionMnist(options: FetchFashionMnistOptions = {}): Promise<VerifiedFile[]> {
  checkOptions('fetchFashionMnist', options, {
    folder: true,
    systemFolder: true,
    baseUrl: true,
    files: true,
    onProgress: true,
    signal: true,
  });
  const { folder = dataFolder(), systemFolder = fashionMnistSystemFolder } = options;
  const { baseUrl = OFFICIAL, files = fashionMnistFiles, onProgress, signal } = options;
  const cache = join(folder, 'fashion-mnist');
  const verified: VerifiedFile[] = [];
  for (const { file, contentSha256 } of Object.values(files)) {
    const checksum: Checksum = { algorithm: 'sha256', of: 'gunzipped content', digest: contentSha256 };
    const present = await findWhole(file, [cache, systemFolder], checksum);
    const path = present ?? join(cache, file);
    if (!present) {
      const url = new URL(file, baseUrl).href;
      await download({ caller: 'fetchFashionMnist', url, file: path, checksum, onProgress, signal });
    }
    verified.push({ path, status: present ? 'present' : 'fetched' });
  }
  return verified;
}

async function findWhole(file: string, folders: readonly string[], checksum: Checksum) {
  for (const folder of folders) {
    const path = join(folder, file);
    if ((await digestOf(path, checksum)) === checksum.digest) return path;
  }
  return undefined;
}
