import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { decodeSafetensors } from '../safetensors/decode-safetensors.js';
import { encodeSafetensors } from '../safetensors/encode-safetensors.js';
import type { NamedTensors, SafetensorsContent } from '../safetensors/types.js';

/**
 * Reads a safetensors file; see `decodeSafetensors`.
 *
 * @throws Error if the file cannot be read, or is malformed.
 */
export const readSafetensors = async (path: string): Promise<SafetensorsContent> =>
  decodeSafetensors({ name: path, bytes: await readBytes('readSafetensors', path) });

/** Writes a safetensors file; see `encodeSafetensors`. It gets its name once it is whole. */
export const writeSafetensors = (
  path: string,
  tensors: NamedTensors,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> => writeBytes(path, encodeSafetensors(tensors, metadata));

export async function readBytes(caller: string, path: string): Promise<Uint8Array> {
  try {
    // A pipe would hang, and a device may never end.
    if (!(await stat(path)).isFile()) throw new Error('it is not a file');
    return await readFile(path);
  } catch (cause) {
    throw new Error(
      `${caller}: ${path} cannot be read (${(cause as Error).message}); expected a safetensors file. Check the path.`,
      { cause },
    );
  }
}

/** Under another name until it is whole: a disk that is full leaves the old file as it was. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
