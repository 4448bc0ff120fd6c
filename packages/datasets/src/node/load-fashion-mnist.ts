import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { checkOptions } from '@metadistill/options';
import { fashionMnist } from '../sets/fashion-mnist.js';
import type { BinaryFile, TrainTest } from '../types.js';
import { dataFolder } from './data-folder.js';
import { fashionMnistFiles, fashionMnistSystemFolder } from './fashion-mnist-files.js';
import { missingData } from './missing-data.js';

export interface LoadFashionMnistOptions {
  /** Default `dataFolder()`. */
  readonly folder?: string;
  /** Where it is looked for next; by default the folder of Debian's package. */
  readonly systemFolder?: string;
}

/**
 * Loads Fashion-MNIST: 60,000 training and 10,000 test images, `[28, 28, 1]`, from gzip-compressed IDX files in
 * `<folder>/fashion-mnist`, else in the system's folder.
 *
 * @throws Error if a file is missing (with the command that fetches it) or malformed (naming file and offset); TypeError
 *   for an unknown option.
 */
export async function loadFashionMnist(options: LoadFashionMnistOptions = {}): Promise<TrainTest> {
  checkOptions('loadFashionMnist', options, { folder: true, systemFolder: true });
  const { folder = dataFolder(), systemFolder = fashionMnistSystemFolder } = options;
  const folders = [join(folder, 'fashion-mnist'), systemFolder];
  const { trainImages, trainLabels, testImages, testLabels } = fashionMnistFiles;
  const read = (source: { readonly file: string }) => readCompressed(source.file, folders);
  return {
    train: fashionMnist('Fashion-MNIST training', await read(trainImages), await read(trainLabels)),
    test: fashionMnist('Fashion-MNIST test', await read(testImages), await read(testLabels)),
  };
}

async function readCompressed(file: string, folders: readonly string[]): Promise<BinaryFile> {
  const name = await findFile(file, folders);
  const compressed = await readFile(name);
  try {
    const { buffer, byteOffset, length } = await promisify(gunzip)(compressed);
    // A plain array: Buffer's own `slice` does not copy.
    return { name, bytes: new Uint8Array(buffer, byteOffset, length) };
  } catch (cause) {
    throw new Error(
      `loadFashionMnist: ${name} is damaged (${(cause as Error).message}); expected a whole gzip file. Delete it and run \`npx -y pnpm@10 reproduce data fashion-mnist\`.`,
      { cause },
    );
  }
}

async function findFile(file: string, folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, file);
    if (await isReadable(path)) return path;
  }
  throw missingData('loadFashionMnist', 'fashion-mnist', file, folders);
}

const isReadable = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
