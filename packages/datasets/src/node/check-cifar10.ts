import { join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { cifar10Digests, cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import { type DataIdentity, identifyFiles } from './identify-files.js';
import { type LoadCifar10Options, readCifar10 } from './load-cifar10.js';

export type CheckCifar10Options = LoadCifar10Options;

/**
 * Checks the content of CIFAR-10's six files, without the memory that loading them takes: each is there, has its size, and has
 * the content that was published, or else the one that it had when it was first seen here.
 *
 * @throws Error if a file is missing (with the command that fetches it), has another size, or has changed; TypeError for an
 *   unknown option.
 */
export async function checkCifar10(options: CheckCifar10Options = {}): Promise<DataIdentity> {
  checkOptions<CheckCifar10Options>('checkCifar10', options, { folder: true, recordsPerFile: true });
  const { folder = dataFolder(), recordsPerFile = 10_000 } = options;
  const digests: Record<string, string> = {};
  for (const file of [...cifar10Files.train, ...cifar10Files.test]) {
    readCifar10('checkCifar10', join(folder, cifar10Folder), file, recordsPerFile, digests);
  }
  return identifyFiles('checkCifar10', folder, 'cifar10', digests, cifar10Digests);
}
