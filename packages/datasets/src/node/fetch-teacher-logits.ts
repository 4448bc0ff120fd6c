import { basename, join } from 'node:path';
import { checkOptions } from '@metadistill/options';
import { type AuthorsLogitsFile, authorsLogitsFiles, authorsLogitsMaxBytes } from './authors-logits.js';
import { dataFolder } from './data-folder.js';
import { checkUrl } from './download/check-url.js';
import {
  type Checksum,
  type DownloadProgress,
  digestOf,
  download,
  type VerifiedFile,
} from './download/download.js';
import { ownDataset } from './download/own-dataset.js';
import type { LockOwner } from './path-lock.js';

/** By default the authors' repository and the usual folder. */
export interface FetchTeacherLogitsOptions {
  readonly folder?: string;
  /** A mirror of the files, by the names that the authors gave them; ends in `/`. */
  readonly baseUrl?: string;
  /** Names and checksums, if the mirror has other ones. */
  readonly files?: readonly AuthorsLogitsFile[];
  readonly onProgress?: DownloadProgress;
  /** Hears that another process fetches the logits, which is waited for. */
  readonly onWait?: (owner: LockOwner | undefined) => void;
  readonly signal?: AbortSignal;
}

/** Redirects to the content, also if the repository keeps it elsewhere. */
const OFFICIAL = 'https://github.com/Intelligent-Systems-Phystech/MetaOptDistillation/raw/HEAD/code/';

/**
 * Fetches those logits of the authors' teachers that are not in `<folder>/teacher-logits` yet, about 6 MB, and verifies all of
 * them. Another file of such a name is moved aside. One process at a time fetches; others wait for it.
 *
 * The logits are the work of M. Gorpinich, O. Bakhteev and V. Strijov, and stay in their repository, which states no licence:
 * this package has nothing but their names and checksums.
 *
 * @throws Error if the source cannot be reached, is too slow or sends too much, or a checksum is wrong; files that are whole
 *   stay. RangeError if `baseUrl` is no address of http or https, or a file is in another folder. TypeError for an unknown option.
 * @see https://github.com/Intelligent-Systems-Phystech/MetaOptDistillation
 */
export async function fetchTeacherLogits(options: FetchTeacherLogitsOptions = {}): Promise<VerifiedFile[]> {
  checkOptions<FetchTeacherLogitsOptions>('fetchTeacherLogits', options, {
    folder: true,
    baseUrl: true,
    files: true,
    onProgress: true,
    onWait: true,
    signal: true,
  });
  const { folder = dataFolder(), baseUrl = OFFICIAL, files = authorsLogitsFiles } = options;
  const { onProgress, onWait, signal } = options;
  checkUrl('fetchTeacherLogits', 'baseUrl', baseUrl);
  for (const name of files.flatMap(({ file, source }) => [file, source])) {
    if (basename(name) === name) continue;
    throw new RangeError(
      `fetchTeacherLogits: files has '${name}'; expected names of files without a folder.`,
    );
  }
  const pathOf = ({ file }: AuthorsLogitsFile) => join(folder, 'teacher-logits', file);
  const isThere = async (one: AuthorsLogitsFile): Promise<boolean> =>
    (await digestOf(pathOf(one), checksumOf(one), authorsLogitsMaxBytes)) === one.sha256;
  const present = (one: AuthorsLogitsFile): VerifiedFile => ({ path: pathOf(one), status: 'present' });
  const before = await Promise.all(files.map(isThere));
  if (before.every(Boolean)) return files.map(present);
  return ownDataset(
    'fetchTeacherLogits',
    { folder, dataset: 'teacher-logits', signal, onWait },
    async (signal) => {
      const verified: VerifiedFile[] = [];
      for (const one of files) {
        if (await isThere(one)) {
          verified.push(present(one));
          continue;
        }
        const path = pathOf(one);
        const url = new URL(one.source, baseUrl).href;
        const request = { url, file: path, checksum: checksumOf(one), maxBytes: authorsLogitsMaxBytes };
        const movedAside = await download({ caller: 'fetchTeacherLogits', ...request, onProgress, signal });
        verified.push({ path, status: 'fetched', ...(movedAside !== undefined && { movedAside }) });
      }
      return verified;
    },
  );
}

const checksumOf = ({ sha256 }: AuthorsLogitsFile): Checksum => ({
  algorithm: 'sha256',
  of: 'file',
  digest: sha256,
});
