import { readFileSync, type Stats, statSync } from 'node:fs';

/**
 * The bytes of a file.
 *
 * @throws Error if it is no regular file, which could hang or never end, or larger than `maxBytes`; as Node does if it cannot be
 *   read.
 */
export function readRegularFile(path: string, maxBytes: number): Uint8Array {
  const { size } = regularFile(path);
  if (size > maxBytes) throw new Error(`it has ${size} bytes, and ${maxBytes} at most are expected`);
  // A plain array: Buffer's own `slice` does not copy.
  const { buffer, byteOffset, length } = readFileSync(path);
  return new Uint8Array(buffer, byteOffset, length);
}

/** @throws Error if there is something else than a regular file; as Node does if there is nothing. */
export function regularFile(path: string): Stats {
  const found = statSync(path);
  if (!found.isFile()) throw new Error(`it is ${kindOf(found)}, not a file`);
  return found;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

/** Whether an error says that there is nothing at a path. */
export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
