import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockOwner, waitForLock } from '../path-lock.js';

export interface OwnDatasetOptions {
  readonly folder: string;
  readonly dataset: string;
  readonly signal: AbortSignal | undefined;
  readonly onWait: ((owner: LockOwner | undefined) => void) | undefined;
}

/**
 * Does something to a data set while no other process does.
 *
 * @param work gets a signal that is aborted if it is to stop, or if the data set no longer belongs to this process.
 * @throws Error if the folder cannot be written, naming the function; what `work` throws.
 */
export async function ownDataset<Result>(
  caller: string,
  { folder, dataset, signal, onWait }: OwnDatasetOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lost = new AbortController();
  const both = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal;
  try {
    await mkdir(folder, { recursive: true });
    const lock = await waitForLock(join(folder, dataset), {
      onLost: (reason) => lost.abort(reason),
      ...(onWait && { onWait }),
      signal: both,
    });
    try {
      return await work(both);
    } finally {
      await lock.release();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new Error(
      `${caller}: the data folder ${folder} cannot be written (${(cause as Error).message}); expected one that can. Name another ` +
        'one with METADISTILL_DATA.',
      { cause },
    );
  }
}
