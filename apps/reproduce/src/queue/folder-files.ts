import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeWritableFolder } from '../logs/make-writable-folder.js';
import { writeWholeFile } from '../logs/write-whole-file.js';
import type { RunFiles } from './run-files.js';

/**
 * Files of runs in a folder that all machines share, such as one on NFS.
 *
 * @throws Error if it cannot be made or written.
 */
export function folderFiles(folder: string): RunFiles {
  makeWritableFolder(folder, `the shared folder ${folder}`, '--storage');
  return {
    place: `the shared folder ${identityOf(folder)}`,
    isImmediate: false,
    async read(path) {
      try {
        return await readFile(join(folder, path));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeWholeFile(join(folder, path), content);
    },
    async remove(path) {
      rmSync(join(folder, path), { force: true });
    },
  };
}

/** What a folder is known by, since machines may see it under different paths. */
function identityOf(folder: string): string {
  const path = join(folder, 'identity');
  if (!existsSync(path)) {
    const own = `${path}.${randomUUID()}`;
    writeFileSync(own, `${randomUUID()}\n`);
    try {
      linkSync(own, path); // Whole, and only if no other was first.
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(own);
    }
  }
  return readFileSync(path, 'utf8').trim();
}
