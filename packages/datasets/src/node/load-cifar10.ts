import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { decodeCifar10 } from '../formats/cifar-format.js';
import type { BinaryFile, TrainTest } from '../types.js';
import { cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import { missingData } from './missing-data.js';

export interface LoadCifar10Options {
  /** Default `dataFolder()`. */
  readonly folder?: string;
  /** 10,000, unless the files are cut. */
  readonly recordsPerFile?: number;
}

/**
 * Loads CIFAR-10: 50,000 training and 10,000 test images, `[32, 32, 3]`, from the six files of the binary version in
 * `<folder>/cifar-10-batches-bin`.
 *
 * @throws Error if a file is missing (with the command that fetches it) or malformed (naming file and offset); TypeError
 *   for an unknown option.
 */
export async function loadCifar10(options: LoadCifar10Options = {}): Promise<TrainTest> {
  checkOptions('loadCifar10', options, { folder: true, recordsPerFile: true });
  const { folder = dataFolder(), recordsPerFile } = options;
  const batches = join(folder, cifar10Folder);
  const readers = (files: readonly string[]) => files.map((file) => () => readBatch(batches, file));
  return {
    train: decodeCifar10('CIFAR-10 training', readers(cifar10Files.train), recordsPerFile),
    test: decodeCifar10('CIFAR-10 test', readers(cifar10Files.test), recordsPerFile),
  };
}

function readBatch(folder: string, file: string): BinaryFile {
  const name = join(folder, file);
  try {
    return { name, bytes: readFileSync(name) };
  } catch (cause) {
    throw missingData('loadCifar10', 'cifar10', file, [folder], cause);
  }
}
