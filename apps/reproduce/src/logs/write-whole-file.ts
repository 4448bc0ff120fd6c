import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { namingFile } from './naming-file.js';

export interface WriteWholeFileOptions {
  /** Whether to wait until it is on the disk; true by default. False for what a machine that goes down may lose. */
  readonly durable?: boolean;
}

/**
 * Writes a file in one step: a kill, a power cut, a full disk or another process leaves the old one, or none, never a part.
 *
 * @throws Error with the path if it cannot be written.
 */
export function writeWholeFile(
  path: string,
  content: Uint8Array | string,
  { durable = true }: WriteWholeFileOptions = {},
): void {
  const unfinished = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  namingFile(path, () => {
    try {
      const file = openSync(unfinished, 'wx');
      try {
        writeFileSync(file, content);
        if (durable) fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(unfinished, path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
    if (durable) syncFolder(dirname(path));
  });
}

/** The name of a new file is on the disk once its folder is. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // It has no handles for folders.
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    // File systems that cannot say so, with the file itself on the disk.
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(handle);
  }
}
