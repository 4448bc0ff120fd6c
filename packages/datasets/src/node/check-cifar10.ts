import { statSync } from 'node:fs';
import { join } from 'node:path';
import { recordBytes } from '../formats/cifar-format.js';
import { checkFileLength } from '../formats/file-error.js';
import { cifar10Files, cifar10Folder } from './cifar10-files.js';
import { dataFolder } from './data-folder.js';
import { missingData } from './missing-data.js';

/**
 * Sees that CIFAR-10's six files are there and have their sizes, without the memory that loading them takes.
 *
 * @param options.recordsPerFile 10,000, unless the files are cut.
 * @throws Error where a file is missing (with the command that fetches it) or has another size.
 */
export function checkCifar10(
  options: { readonly folder?: string; readonly recordsPerFile?: number } = {},
): void {
  const { folder = dataFolder(), recordsPerFile = 10_000 } = options;
  const batches = join(folder, cifar10Folder);
  for (const file of [...cifar10Files.train, ...cifar10Files.test]) {
    const path = join(batches, file);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) throw missingData('checkCifar10', 'cifar10', file, [batches]);
    checkFileLength('checkCifar10', path, { length: found.size }, recordsPerFile * recordBytes);
  }
}
