import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { decodeCifar10, recordBytes } from '../formats/cifar-format.js';
import { checkFileLength } from '../formats/file-error.js';
import type { BinaryFile } from '../types.js';
import { cifar10Digests, cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import { identifyFiles, type LoadedDataset } from './identify-files.js';
import { readDataFile } from './read-data-file.js';

export interface LoadCifar10Options {
  /** Default `dataFolder()`. */
  readonly folder?: string;
  /** 10,000, unless the files are cut. */
  readonly recordsPerFile?: number;
}

/**
 * Loads CIFAR-10: 50,000 training and 10,000 test images, `[32, 32, 3]`, from the six files of the binary version in
 * `<folder>/cifar-10-batches-bin`; and says whether their content is the published one.
 *
 * @throws Error if a file is missing (with the command that fetches it), malformed (naming file and offset), or has changed
 *   since it was first seen here; TypeError for an unknown option.
 */
export async function loadCifar10(options: LoadCifar10Options = {}): Promise<LoadedDataset> {
  checkOptions<LoadCifar10Options>('loadCifar10', options, { folder: true, recordsPerFile: true });
  const { folder = dataFolder(), recordsPerFile = 10_000 } = options;
  const batches = join(folder, cifar10Folder);
  const digests: Record<string, string> = {};
  const readers = (files: readonly string[]) =>
    files.map((file) => () => readCifar10('loadCifar10', batches, file, recordsPerFile, digests));
  const train = decodeCifar10('CIFAR-10 training', readers(cifar10Files.train), recordsPerFile);
  const test = decodeCifar10('CIFAR-10 test', readers(cifar10Files.test), recordsPerFile);
  return { train, test, ...(await identifyFiles('loadCifar10', folder, 'cifar10', digests, cifar10Digests)) };
}

/** One of the six files; its digest is added to `digests`. */
export function readCifar10(
  caller: string,
  folder: string,
  file: string,
  recordsPerFile: number,
  digests: Record<string, string>,
): BinaryFile {
  const name = join(folder, file);
  const expected = recordsPerFile * recordBytes;
  const bytes = readDataFile(caller, 'cifar10', name, expected);
  checkFileLength(caller, name, bytes, expected);
  digests[file] = createHash('sha256').update(bytes).digest('hex');
  return { name, bytes };
}
