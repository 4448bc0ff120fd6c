import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** A process that owns a path. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** When it took the lock, in ISO 8601. */
  readonly since: string;
}

/** A path that belongs to this process alone, until it is released or the process ends. */
export interface PathLock {
  /** Who had it before and ended without releasing it, as by a kill. */
  readonly takenOverFrom: LockOwner | undefined;
  release(): Promise<void>;
}

export interface TryLockOptions {
  /** Hears that the lock was lost, as after the machine slept and another process took it. Stop at once. */
  readonly onLost: (reason: Error) => void;
}

export interface WaitForLockOptions extends TryLockOptions {
  /** Hears once that another process has the lock; its owner is undefined if it left no readable name. */
  readonly onWait?: (owner: LockOwner | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A lock whose owner has not been heard of for so long is taken over. Clocks of machines that share a folder may differ by half of it. */
export const staleLockMs = 15_000;
const retryMs = 500;

const lockPath = (path: string): string => `${path}.lock`;
const ownerPath = (path: string): string => `${path}.owner.json`;

/**
 * Locks a path, which need not exist, by a folder `PATH.lock` whose time is renewed while the process lives. Who it is stands
 * in `PATH.owner.json`. It works across the machines that share a folder.
 *
 * @returns undefined if another process has the lock.
 * @throws Error if the folder that the path lies in cannot be written.
 */
export async function tryLock(path: string, { onLost }: TryLockOptions): Promise<PathLock | undefined> {
  let unlock: () => Promise<void>;
  try {
    unlock = await lock(path, {
      lockfilePath: lockPath(path),
      realpath: false,
      stale: staleLockMs,
      update: staleLockMs / 3,
      onCompromised: onLost,
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw new Error(
      `tryLock: ${path} cannot be locked (${(cause as Error).message}); expected a folder that can be written. Name another one.`,
      { cause },
    );
  }
  const takenOverFrom = lockOwner(path);
  const owner: LockOwner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(ownerPath(path), `${JSON.stringify(owner)}\n`);
  return {
    takenOverFrom,
    async release() {
      rmSync(ownerPath(path), { force: true });
      // A lock that was lost meanwhile is another's.
      await unlock().catch(() => {});
    },
  };
}

/** Locks a path as `tryLock` does, once nobody else has it. @throws Error as `tryLock`, or the signal's reason. */
export async function waitForLock(
  path: string,
  { onLost, onWait, signal }: WaitForLockOptions,
): Promise<PathLock> {
  for (let waits = 0; ; waits++) {
    signal?.throwIfAborted();
    const taken = await tryLock(path, { onLost });
    if (taken) return taken;
    if (waits === 0) onWait?.(lockOwner(path));
    await setTimeout(retryMs, undefined, { signal });
  }
}

/** Who has a lock, or had it last without releasing it. */
export function lockOwner(path: string): LockOwner | undefined {
  try {
    const { pid, host, since } = Object(JSON.parse(readFileSync(ownerPath(path), 'utf8'))) as LockOwner;
    return { pid: Number(pid), host: String(host), since: String(since) };
  } catch {
    return undefined;
  }
}
