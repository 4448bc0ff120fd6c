import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { recordBytes } from '../formats/cifar-format.js';
import { checkFileLength } from '../formats/file-error.js';
import { cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import type { LoadCifar10Options } from './load-cifar10.js';
import { missingData } from './missing-data.js';

export type CheckCifar10Options = LoadCifar10Options;

/**
 * Checks that CIFAR-10's six files are there and have their sizes, without the memory that loading them takes.
 *
 * @throws Error if a file is missing (with the command that fetches it) or has another size; TypeError for an unknown
 *   option.
 */
export function checkCifar10(options: CheckCifar10Options = {}): void {
  checkOptions('checkCifar10', options, { folder: true, recordsPerFile: true });
  const { folder = dataFolder(), recordsPerFile = 10_000 } = options;
  const batches = join(folder, cifar10Folder);
  for (const file of [...cifar10Files.train, ...cifar10Files.test]) {
    const path = join(batches, file);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) throw missingData('checkCifar10', 'cifar10', file, [batches]);
    checkFileLength('checkCifar10', path, { length: found.size }, recordsPerFile * recordBytes);
  }
}
