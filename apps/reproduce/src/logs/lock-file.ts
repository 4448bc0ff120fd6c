import { randomUUID } from 'node:crypto';
import { readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { lock } from 'proper-lockfile';
import { z } from 'zod';

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

/** Without a heartbeat for as long, an owner counts as gone. A clock of another machine may be off by less. */
export const staleAfterMs = 60_000;

/** Who holds a lock. */
const owner = z.object({ pid: z.int(), host: z.string(), since: z.string(), token: z.string() });

/**
 * Makes a file the property of this process, whether it is there or not: `<file>.lock` holds the heartbeat, and
 * `<file>.owner.json` says who owns it.
 *
 * A lock is taken over if its process has ended on this machine, or on any if its heartbeat has stopped for a minute.
 *
 * @returns undefined if another process owns it.
 * @throws Error if its folder cannot be written.
 */
export async function lockFile(path: string, { note }: LockFileOptions = {}): Promise<FileLock | undefined> {
  takeFromTheGone(path, note);
  const lost = new AbortController();
  const lose = () => {
    if (!lost.signal.aborted) lost.abort(new LostLockError(`${path} ${newOwner(path)}. Stopped writing it.`));
  };
  let unlock: () => Promise<void>;
  try {
    unlock = await lock(path, {
      lockfilePath: lockPath(path),
      realpath: false,
      stale: staleAfterMs,
      update: staleAfterMs / 6,
      onCompromised: lose,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw new Error(`${path} cannot be locked: ${(error as Error).message}.`, { cause: error });
  }
  const token = randomUUID();
  const since = new Date().toISOString();
  writeFileSync(ownerPath(path), `${JSON.stringify({ pid: process.pid, host: hostname(), since, token })}\n`);
  const isOurs = () => !lost.signal.aborted && readOwner(path)?.token === token;
  return {
    signal: lost.signal,
    check() {
      if (!isOurs()) lose();
      lost.signal.throwIfAborted();
    },
    async release() {
      if (!isOurs()) return;
      rmSync(ownerPath(path), { force: true });
      await unlock().catch(() => {}); // It was lost in between.
    },
  };
}

const lockPath = (path: string): string => `${path}.lock`;
const ownerPath = (path: string): string => `${path}.owner.json`;

function readOwner(path: string): z.infer<typeof owner> | undefined {
  try {
    return owner.safeParse(JSON.parse(readFileSync(ownerPath(path), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function newOwner(path: string): string {
  const found = readOwner(path);
  return found ? `belongs to process ${found.pid} on ${found.host} now` : 'has lost its lock';
}

/** Its owner's file goes first, so that an owner that only slept finds itself without. */
function takeFromTheGone(path: string, note: LockFileOptions['note']): void {
  const beat = statSync(lockPath(path), { throwIfNoEntry: false })?.mtimeMs;
  if (beat === undefined) return;
  const found = readOwner(path);
  const hasEnded = found?.host === hostname() && !isRunning(found.pid);
  if (!hasEnded && beat > Date.now() - staleAfterMs) return;
  rmSync(ownerPath(path), { force: true });
  try {
    rmdirSync(lockPath(path));
  } catch {
    return; // It was released, or taken over by another process, just now.
  }
  const who = found ? `process ${found.pid} on ${found.host}` : 'a process';
  note?.(
    `Taking over ${path} from ${who}, which ${hasEnded ? 'has ended' : 'has given no sign of life for a minute'}.`,
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
