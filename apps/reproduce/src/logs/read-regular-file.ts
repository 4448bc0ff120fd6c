import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** A file that is there and cannot be read. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  /** Without the path. */
  readonly reason: string;
  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} cannot be read: ${reason}.`, { cause });
    this.reason = reason;
  }
}

/**
 * The bytes of a file.
 *
 * @param limit - the most bytes that such a file has.
 * @returns undefined if there is no such file.
 * @throws UnreadableFileError with the path if it is a folder, pipe, socket or device, which may never end, is larger, or cannot be read.
 */
export function readRegularFile(path: string, limit: number): Buffer | undefined {
  const refuse = (why: string, cause?: unknown) => new UnreadableFileError(path, why, cause);
  let file: number;
  try {
    // Opening a pipe waits for its writer otherwise.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // What sockets answer.
    throw refuse(code === 'ENXIO' ? 'it is a socket; expected a file' : message, error);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw refuse(`it is ${kindOf(stats)}; expected a file`);
    if (stats.size > limit) throw refuse(`it has ${stats.size} bytes; expected at most ${limit}`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

export const kindOf = (stats: Stats): string =>
  stats.isDirectory() ? 'a folder' : stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
