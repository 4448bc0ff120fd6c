import { join } from 'node:path';
import { type FileLock, LostLockError } from '../logs/lock-file.js';
import { logPath } from '../logs/log.js';
import type { LogHeader } from '../logs/log-schema.js';
import type { Progress } from '../terminal/progress.js';
import type { RunSpec } from './experiment.js';
import { BrokenThreadError, type RunPool } from './pool.js';
import { nameOf, type Recorder } from './recorder.js';
import type { RunMessage } from './run-message.js';
import { readSnapshot, snapshotPath } from './snapshot-file.js';

export interface ComputeRunOptions {
  /** Absolute. */
  readonly results: string;
  /** Of the run's log. */
  readonly lock: FileLock;
  readonly pool: RunPool;
  readonly recorder: Recorder;
  readonly versions: LogHeader['versions'];
  readonly progress: Pick<Progress, 'note'>;
  readonly signal: AbortSignal;
}

/** What is written cannot be: no other run would fare better. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** So often an engine may break without a new snapshot in between. */
const triesWithoutProgress = 3;

/**
 * Computes a run that belongs to this process, from its snapshot if there is one, and records it.
 *
 * A run whose engine breaks is resumed on a new thread, up to three times from the same place.
 *
 * @throws LostLockError once the run belongs to another process; RecordError if it cannot be recorded; the signal's reason;
 * else what the run threw.
 */
export async function computeRun(spec: RunSpec, options: ComputeRunOptions): Promise<void> {
  const { results, lock, pool, recorder, versions, progress } = options;
  const path = snapshotPath(join(results, logPath(spec)));
  const signal = AbortSignal.any([options.signal, lock.signal]);
  let place: number | undefined;
  for (let tries = 1; ; tries++) {
    const snapshot = readSnapshot(path, spec, versions);
    if (snapshot?.seconds !== place) tries = 1;
    place = snapshot?.seconds;
    const record = recorder.record(spec, snapshot, lock);
    try {
      await pool.run(spec, { signal, snapshot, listen: (message) => hearOf(record.hear, message) });
      return;
    } catch (error) {
      if (!(error instanceof BrokenThreadError)) throw error;
      if (tries === triesWithoutProgress) {
        throw new Error(`${error.message} It broke ${tries} times at the same place.`, { cause: error });
      }
      progress.note(`${nameOf(spec)} is resumed on a new thread: ${error.message}`);
    } finally {
      record.close();
    }
  }
}

function hearOf(hear: (message: RunMessage) => void, message: RunMessage): void {
  try {
    hear(message);
  } catch (error) {
    if (error instanceof LostLockError) throw error;
    throw new RecordError((error as Error).message, { cause: error });
  }
}
