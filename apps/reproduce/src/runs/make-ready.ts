import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '../logs/lock-file.js';
import { logPath, readBeginning } from '../logs/log.js';
import type { LogHeader } from '../logs/log-schema.js';
import type { RunSpec } from './experiment.js';
import { readSnapshot, snapshotPath } from './snapshot-file.js';

export interface MakeReadyOptions {
  /** Absolute. */
  readonly results: string;
  /** The run is to begin anew. */
  readonly fresh: boolean;
  /** Hears that a lock was taken over. */
  readonly note: (text: string) => void;
  /** Of what is to compute it. */
  readonly versions: LogHeader['versions'];
}

/**
 * Deletes what `--fresh` is to replace, else checks that the run can be resumed; leaves alone what another process owns,
 * which is as fresh as can be.
 *
 * @throws Error if it cannot be resumed.
 */
export async function makeReady(
  spec: RunSpec,
  { results, fresh, note, versions }: MakeReadyOptions,
): Promise<void> {
  const log = join(results, logPath(spec));
  const snapshot = snapshotPath(log);
  const lock = await lockFile(log, { note });
  if (!lock) return;
  try {
    if (fresh) for (const file of [log, snapshot]) rmSync(file, { force: true });
    const beginning = readSnapshot(snapshot, spec, versions);
    if (beginning) readBeginning(log, beginning);
  } finally {
    await lock.release();
  }
}
