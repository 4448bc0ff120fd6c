import { basename, dirname } from 'node:path';
import { isMissing, readRegularFile } from './regular-file.js';

/** The error of a loader that finds no files: where it looked, and the command that fetches them. */
export function missingData(
  loader: string,
  dataset: string,
  file: string,
  folders: readonly string[],
  cause?: unknown,
): Error {
  return new Error(
    `${loader}: ${file} is missing; expected in ${folders.join(' or ')}. ` +
      `Run \`npx -y pnpm@10 reproduce data ${dataset}\`, or set METADISTILL_DATA to the folder that has the data.`,
    { cause },
  );
}

/** A file of a data set. @throws Error if it is missing, no regular file, larger than `maxBytes`, or cannot be read. */
export function readDataFile(loader: string, dataset: string, path: string, maxBytes: number): Uint8Array {
  try {
    return readRegularFile(path, maxBytes);
  } catch (cause) {
    if (isMissing(cause)) throw missingData(loader, dataset, basename(path), [dirname(path)], cause);
    throw new Error(
      `${loader}: ${path} cannot be read (${(cause as Error).message}); expected a file of the data set. Move it away and run ` +
        `\`npx -y pnpm@10 reproduce data ${dataset}\`.`,
      { cause },
    );
  }
}
