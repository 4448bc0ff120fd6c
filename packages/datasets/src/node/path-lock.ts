import { randomUUID } from 'node:crypto';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { readRegularFile } from './regular-file.js';

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
  /** Whether it still does: look before each write. */
  isOurs(): boolean;
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
export const staleLockMs = 60_000;
const retryMs = 500;
/** Longer files are not an owner's. */
const maxOwnerBytes = 4096;

const lockPath = (path: string): string => `${path}.lock`;
const ownerPath = (path: string): string => `${path}.owner.json`;

/**
 * Locks a path, which need not exist, by a folder `PATH.lock` whose time is renewed while the process lives. Who it is stands
 * in `PATH.owner.json`. It works across the machines that share a folder.
 *
 * A lock is taken over from a process that has ended on this machine, and from any that has not renewed it for a minute. Other
 * containers count as other machines, whatever their host name.
 *
 * @returns undefined if another process has the lock.
 * @throws Error if the folder that the path lies in cannot be written, or what is no lock lies in its place.
 */
export async function tryLock(path: string, { onLost }: TryLockOptions): Promise<PathLock | undefined> {
  surviveFullQuota();
  refuseWhatIsNoLock(path);
  const takenOverFrom = takeFromTheGone(path);
  let isLost = false;
  let unlock: () => Promise<void>;
  try {
    unlock = await lock(path, {
      lockfilePath: lockPath(path),
      realpath: false,
      stale: staleLockMs,
      update: staleLockMs / 6,
      onCompromised(reason) {
        isLost = true;
        onLost(reason);
      },
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw unwritable(path, cause);
  }
  const owner: OwnerFile = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    pidSpace: pidSpace(),
  };
  // Of two that take a lock over at once, the last to write its token has it.
  const token = randomUUID();
  try {
    writeOwner(path, { ...owner, token });
  } catch (cause) {
    await unlock().catch(() => {});
    throw unwritable(path, cause);
  }
  const isOurs = () => !isLost && readOwner(path)?.token === token;
  return {
    takenOverFrom,
    isOurs,
    async release() {
      if (!isOurs()) return;
      rmSync(ownerPath(path), { force: true });
      // A lock that was lost meanwhile is another's.
      await unlock().catch(() => {});
    },
  };
}

const unwritable = (path: string, cause: unknown): Error =>
  new Error(
    `tryLock: ${path} cannot be locked (${(cause as Error).message}); expected a folder that can be written. Name another one.`,
    { cause },
  );

/** Nobody renews what no process of ours put there, or releases it: to wait for it would be to wait in vain. */
function refuseWhatIsNoLock(path: string): void {
  const found = lstatSync(lockPath(path), { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw inTheWay(path, lockPath(path), 'is not a folder');
  if (found && !isEmpty(lockPath(path))) throw inTheWay(path, lockPath(path), 'is a folder with files in it');
  if (lstatSync(ownerPath(path), { throwIfNoEntry: false })?.isDirectory()) {
    throw inTheWay(path, ownerPath(path), 'is a folder');
  }
}

const inTheWay = (path: string, found: string, what: string): Error =>
  new Error(
    `tryLock: ${path} cannot be locked: ${found} ${what}; expected nothing there, or the lock of a process. Move it away.`,
  );

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return true; // It was released just now, or is the lock of another user.
  }
}

/** Puts a new file in place: to write to what is there could wait for ever, as for the reader of a pipe. */
function writeOwner(path: string, owner: OwnerFile): void {
  const unfinished = `${ownerPath(path)}.${owner.token}.tmp`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
    renameSync(unfinished, ownerPath(path));
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/**
 * Removes the lock of a process that is gone: its owner's name first, so that one that only slept finds itself without.
 *
 * @returns whose it was.
 */
function takeFromTheGone(path: string): LockOwner | undefined {
  const renewed = lstatSync(lockPath(path), { throwIfNoEntry: false })?.mtimeMs;
  if (renewed === undefined) return undefined;
  const owner = lockOwner(path);
  if (!hasEnded(readOwner(path)) && renewed > Date.now() - staleLockMs) return undefined;
  rmSync(ownerPath(path), { force: true });
  try {
    rmdirSync(lockPath(path));
  } catch {
    return undefined; // It was released, or taken over by another process, just now.
  }
  return owner;
}

/** Whether it is known to have ended: only processes whose number means the same here can be looked for. */
function hasEnded(owner: OwnerFile | undefined): boolean {
  if (owner?.host !== hostname()) return false;
  const space = pidSpace();
  return space !== undefined && owner.pidSpace === space && !isRunning(Number(owner.pid));
}

/**
 * What makes the numbers of processes comparable besides the host's name, which containers and cloned machines may share: on
 * Linux this start of the machine and the PID namespace.
 *
 * @returns undefined if it cannot be told.
 */
function pidSpace(): string | undefined {
  if (process.platform !== 'linux') return process.platform;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let survives = false;

/** What proper-lockfile depends on would end the process where a file reaches its limit; so the write fails, and says so. */
function surviveFullQuota(): void {
  if (survives || process.platform === 'win32') return;
  process.on('SIGXFSZ', () => {});
  survives = true;
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
  const found = readOwner(path);
  return found && { pid: Number(found.pid), host: String(found.host), since: String(found.since) };
}

/** What stands in a file that anyone may have written. */
type OwnerFile = { readonly [Key in keyof LockOwner | 'pidSpace' | 'token']?: unknown };

function readOwner(path: string): OwnerFile | undefined {
  try {
    return Object(JSON.parse(new TextDecoder().decode(readRegularFile(ownerPath(path), maxOwnerBytes))));
  } catch {
    return undefined;
  }
}
