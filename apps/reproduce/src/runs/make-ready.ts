import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../logs/lock-file.js';
import { logPath, readBeginning } from '../logs/log.js';
import type { LogHeader } from '../logs/log-schema.js';
import { kindOf } from '../logs/read-regular-file.js';
import type { RunSpec } from './experiment.js';
import { readSnapshot, removeFile, snapshotPath } from './snapshot-file.js';

export interface CheckReadyOptions {
  /** Absolute. */
  readonly results: string;
  /** The runs are to begin anew. */
  readonly fresh: boolean;
  /** Hears that a lock was taken over. */
  readonly note: (text: string) => void;
  /** Of what is to compute them. */
  readonly versions: LogHeader['versions'];
}

/**
 * Checks that each run can be resumed or, if `fresh`, replaced, and changes nothing. What another process owns is its own
 * affair.
 *
 * @throws Error if one cannot.
 */
export async function checkReady(
  specs: readonly RunSpec[],
  { results, fresh, note, versions }: CheckReadyOptions,
): Promise<void> {
  for (const spec of specs) {
    await withOwnFiles(spec, { results, note }, (log, snapshot) => {
      if (fresh) {
        checkRemovable(log);
        checkRemovable(snapshot);
        return;
      }
      const beginning = readSnapshot(snapshot, spec, versions);
      if (beginning) readBeginning(log, beginning);
    });
  }
}

/**
 * Deletes what `--fresh` is to replace, after everything that can refuse has been checked. Leaves alone what another
 * process owns, which is as fresh as can be.
 *
 * @throws Error if it cannot be deleted.
 */
export async function discardRuns(
  specs: readonly RunSpec[],
  options: Pick<CheckReadyOptions, 'results' | 'note'>,
): Promise<void> {
  for (const spec of specs) {
    await withOwnFiles(spec, options, (log, snapshot) => {
      removeFile(log);
      removeFile(snapshot);
    });
  }
}

async function withOwnFiles(
  spec: RunSpec,
  { results, note }: Pick<CheckReadyOptions, 'results' | 'note'>,
  action: (log: string, snapshot: string) => void,
): Promise<void> {
  const log = join(results, logPath(spec));
  const lock = await lockFile(log, { note });
  if (!lock) return;
  try {
    action(log, snapshotPath(log));
  } finally {
    await lock.release();
  }
}

function checkRemovable(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isFile() || stats.isSymbolicLink()) return;
  throw new Error(
    `--fresh: ${path} is ${kindOf(stats)}; expected a file to replace. Move it away, or name another folder with --results.`,
  );
}
