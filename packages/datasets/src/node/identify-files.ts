import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../sets/fingerprint.js';
import type { TrainTest } from '../types.js';
import { isMissing, readRegularFile } from './regular-file.js';

/** What the content of a data set's files is. */
export interface DataIdentity {
  /** Such as `cifar10`. */
  readonly dataset: string;
  /** `official` if each file has the published content, `unofficial` if any has another, such as re-encoded pixels. */
  readonly origin: 'official' | 'unofficial';
  /** `sha256:` and 64 hexadecimal digits, over the content of all files. */
  readonly fingerprint: string;
}

/** A training and a test set as they were read from files. */
export interface LoadedDataset extends TrainTest, DataIdentity {}

/** SHA-256 of content, in hexadecimal, by the name of the file. */
export type ContentDigests = Readonly<Record<string, string>>;

/** Where the fingerprints of unofficial files are remembered, in the data folder. */
const rememberedPath = (folder: string, dataset: string): string =>
  join(folder, `${dataset}.fingerprints.json`);

/**
 * Compares the content of a data set's files with what was published, and else with what it was when they were first seen: that
 * is remembered beside them, if their folder can be written.
 *
 * @param folder the data folder.
 * @throws Error if a file has changed since it was first seen.
 */
export async function identifyFiles(
  caller: string,
  folder: string,
  dataset: string,
  digests: ContentDigests,
  published: ContentDigests,
): Promise<DataIdentity> {
  const identity = `sha256:${await fingerprint(digests)}`;
  const files = Object.keys(digests);
  if (files.every((file) => digests[file] === published[file])) {
    return { dataset, origin: 'official', fingerprint: identity };
  }
  const path = rememberedPath(folder, dataset);
  const remembered = recall(caller, path);
  if (remembered === undefined) remember(path, digests);
  const changed = files.find((file) => remembered && remembered[file] !== digests[file]);
  if (remembered && changed !== undefined) {
    throw new Error(
      `${caller}: the sha256 of the content of ${changed} is ${digests[changed]}; expected ${remembered[changed]}, which it had ` +
        `when it was first read here. Put the file back; or, if you changed it on purpose, delete ${path}.`,
    );
  }
  return { dataset, origin: 'unofficial', fingerprint: identity };
}

/** Forgets what unofficial files were, as when others take their place. */
export const forget = (folder: string, dataset: string): void =>
  rmSync(rememberedPath(folder, dataset), { force: true });

const maxRememberedBytes = 100_000;

function recall(caller: string, path: string): ContentDigests | undefined {
  try {
    const text = new TextDecoder().decode(readRegularFile(path, maxRememberedBytes));
    const { sha256 } = Object(JSON.parse(text)) as { sha256?: ContentDigests };
    if (typeof sha256 === 'object' && sha256 !== null) return sha256;
    throw new Error('it has no sha256 of files');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new Error(
      `${caller}: ${path} is damaged (${(cause as Error).message}); expected the fingerprints of files. Delete it: the files are ` +
        'then taken as they are now.',
      { cause },
    );
  }
}

/** A folder that cannot be written keeps its files as they are anyway. */
function remember(path: string, digests: ContentDigests): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, `${JSON.stringify({ sha256: digests }, null, 2)}\n`, { flush: true });
    renameSync(unfinished, path);
  } catch {
    rmSync(unfinished, { force: true });
  }
}
