import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { checkOptions } from '@metadistill/options';
import { fashionMnist } from '../sets/fashion-mnist.js';
import type { BinaryFile } from '../types.js';
import { dataFolder } from './data-folder.js';
import {
  type FashionMnistFile,
  fashionMnistFiles,
  fashionMnistMaxBytes,
  fashionMnistSystemFolder,
} from './fashion-mnist-files.js';
import { identifyFiles, type LoadedDataset } from './identify-files.js';
import { missingData, readDataFile } from './read-data-file.js';

export interface LoadFashionMnistOptions {
  /** Default `dataFolder()`. */
  readonly folder?: string;
  /** Where it is looked for next; by default the folder of Debian's package. */
  readonly systemFolder?: string;
}

/**
 * Loads Fashion-MNIST: 60,000 training and 10,000 test images, `[28, 28, 1]`, from gzip-compressed IDX files in
 * `<folder>/fashion-mnist`, else in the system's folder; and says whether their content is the published one.
 *
 * @throws Error if a file is missing (with the command that fetches it), malformed (naming file and offset), or has changed
 *   since it was first seen here; TypeError for an unknown option.
 */
export async function loadFashionMnist(options: LoadFashionMnistOptions = {}): Promise<LoadedDataset> {
  checkOptions<LoadFashionMnistOptions>('loadFashionMnist', options, { folder: true, systemFolder: true });
  const { folder = dataFolder(), systemFolder = fashionMnistSystemFolder } = options;
  const folders = [join(folder, 'fashion-mnist'), systemFolder];
  const { trainImages, trainLabels, testImages, testLabels } = fashionMnistFiles;
  const digests: Record<string, string> = {};
  const read = async ({ file }: FashionMnistFile) => {
    const content = await readCompressed(file, folders);
    digests[file] = createHash('sha256').update(content.bytes).digest('hex');
    return content;
  };
  const train = fashionMnist('Fashion-MNIST training', await read(trainImages), await read(trainLabels));
  const test = fashionMnist('Fashion-MNIST test', await read(testImages), await read(testLabels));
  const published = Object.fromEntries(
    Object.values(fashionMnistFiles).map(({ file, contentSha256 }) => [file, contentSha256]),
  );
  const identity = await identifyFiles('loadFashionMnist', folder, 'fashion-mnist', digests, published);
  return { train, test, ...identity };
}

async function readCompressed(file: string, folders: readonly string[]): Promise<BinaryFile> {
  const name = await findFile(file, folders);
  const compressed = readDataFile('loadFashionMnist', 'fashion-mnist', name, fashionMnistMaxBytes);
  try {
    const { buffer, byteOffset, length } = await promisify(gunzip)(compressed, {
      maxOutputLength: fashionMnistMaxBytes,
    });
    // A plain array: Buffer's own `slice` does not copy.
    return { name, bytes: new Uint8Array(buffer, byteOffset, length) };
  } catch (cause) {
    throw new Error(
      `loadFashionMnist: ${name} is damaged (${(cause as Error).message}); expected a whole gzip file. ` +
        'Move it away and run `npx -y pnpm@10 reproduce data fashion-mnist`.',
      { cause },
    );
  }
}

async function findFile(file: string, folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, file);
    if (await isThere(path)) return path;
  }
  throw missingData('loadFashionMnist', 'fashion-mnist', file, folders);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
