import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder if it is not there, and those above it.
 *
 * @param subject - what the error says is not writable.
 * @param option - names another folder on the command line.
 * @throws Error if it cannot be made or written.
 */
export function makeWritableFolder(folder: string, subject: string, option: string): void {
  try {
    make(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`${subject} cannot be written: ${reason}. Name another one with ${option}.`, { cause });
  }
}

// Node's own recursion never ends where a file system refuses with ENOENT, as /proc does.
function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  mkdirSync(folder);
}
