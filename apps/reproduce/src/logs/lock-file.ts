import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { lockOwner, tryLock } from '@metadistill/datasets/node';

/** A file that belongs to this process until it is released or lost. */
export interface FileLock {
  /** Aborted once the lock is lost, with the error as its reason. */
  readonly signal: AbortSignal;
  /** Before each write. @throws LostLockError if the file belongs to another process by now. */
  check(): void;
  release(): Promise<void>;
}

export interface LockFileOptions {
  /** Hears, in a sentence, that a lock was taken over from a process that is gone. */
  readonly note?: (text: string) => void;
}

/** Another process owns the file, or someone removed its lock: this one must not write any more. */
export class LostLockError extends Error {
  override readonly name = 'LostLockError';
}

/**
 * Makes a file the property of this process, whether it is there or not, as `tryLock` of `@metadistill/datasets/node` does.
 *
 * @returns undefined if another process owns it.
 * @throws Error if its folder cannot be written.
 */
export async function lockFile(path: string, { note }: LockFileOptions = {}): Promise<FileLock | undefined> {
  const lost = new AbortController();
  const lose = () => {
    if (lost.signal.aborted) return;
    const owner = lockOwner(path);
    const found = owner ? `belongs to process ${owner.pid} on ${owner.host} now` : 'has lost its lock';
    lost.abort(new LostLockError(`${path} ${found}. Stopped writing it.`));
  };
  const lock = await tryLock(path, { onLost: lose });
  if (!lock) return undefined;
  const from = lock.takenOverFrom;
  if (from) removeUnfinished(path);
  if (from) note?.(`Taking over ${path} from process ${from.pid} on ${from.host}, which is gone.`);
  return {
    signal: lost.signal,
    check() {
      if (!lock.isOurs()) lose();
      lost.signal.throwIfAborted();
    },
    release: lock.release,
  };
}

/** What a killed process was about to put in place of the file, or of its snapshot. */
function removeUnfinished(path: string): void {
  const folder = dirname(path);
  const start = `${basename(path, extname(path))}.`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(start) && name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
  }
}
