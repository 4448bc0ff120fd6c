import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockOwner, staleLockMs, tryLock, waitForLock } from './path-lock.js';

let folder: string;
let path: string;
const onLost = (reason: Error) => {
  throw reason;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metadistill-'));
  path = join(folder, 'run-00');
});

afterEach(() => rm(folder, { recursive: true }));

test('one at a time has a path, and nothing is left of a lock that was released', async () => {
  const first = await tryLock(path, { onLost });
  expect(first).toMatchObject({ takenOverFrom: undefined });
  expect(lockOwner(path)?.pid).toBe(process.pid);
  expect(await tryLock(path, { onLost })).toBeUndefined();
  await first?.release();
  expect(await readdir(folder)).toEqual([]);
});

test('who waits hears whose lock it is, and gets it next', async () => {
  const first = await tryLock(path, { onLost });
  let owner: unknown;
  const second = waitForLock(path, {
    onLost,
    onWait: (who) => {
      owner = who;
      void first?.release();
    },
  });
  await (await second).release();
  expect(owner).toMatchObject({ pid: process.pid });
});

test('who waits stops when told to', async () => {
  const first = await tryLock(path, { onLost });
  const stop = new AbortController();
  const waiting = waitForLock(path, { onLost, onWait: () => stop.abort(), signal: stop.signal });
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await first?.release();
});

const letStop = async () => {
  const old = new Date(Date.now() - staleLockMs - 1000);
  await utimes(`${path}.lock`, old, old);
};

/** What this process writes about itself as the owner of a lock. */
const ownOwner = async (): Promise<object> => {
  const lock = await tryLock(path, { onLost });
  const owner = JSON.parse(await readFile(`${path}.owner.json`, 'utf8'));
  await lock?.release();
  return owner;
};

const boot = '00000000-0000-0000-0000-000000000000';
test.each([
  ['on this machine', 'at once', {}],
  ['on another machine', 'after its last sign of life', { host: 'another' }],
  ['in another container of the same name', 'after its last sign of life', { pidSpace: `${boot} pid:[1]` }],
  ['by a release that did not say where', 'after its last sign of life', { pidSpace: undefined }],
])('a lock whose owner was killed %s is taken over %s, by name', async (_, when, differs) => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const own = await ownOwner();
  await mkdir(`${path}.lock`);
  const owner = { host: hostname(), since: '2026-01-01T00:00:00.000Z', ...differs };
  await writeFile(`${path}.owner.json`, JSON.stringify({ ...own, ...owner, pid: dead.pid }));
  if (when !== 'at once') {
    expect(await tryLock(path, { onLost })).toBeUndefined();
    await letStop();
  }
  const taken = await tryLock(path, { onLost });
  expect(taken?.takenOverFrom).toEqual({ pid: dead.pid, host: owner.host, since: owner.since });
  expect(lockOwner(path)?.pid).toBe(process.pid);
  await taken?.release();
});

test('of many that ask at once, one gets the lock', async () => {
  const locks = await Promise.all(Array.from({ length: 20 }, () => tryLock(path, { onLost })));
  const [one, ...others] = locks.filter((lock) => lock !== undefined);
  expect([one?.isOurs(), others]).toEqual([true, []]);
  await one?.release();
});

test('an owner that slept for too long finds the lost lock, and leaves it to the other', async () => {
  const slept = await tryLock(path, { onLost });
  expect(slept?.isOurs()).toBe(true);
  await letStop();
  const other = await tryLock(path, { onLost });
  expect([slept?.isOurs(), other?.isOurs()]).toEqual([false, true]);
  await slept?.release();
  expect(other?.isOurs()).toBe(true);
  await other?.release();
});

test('a folder that is not there is named', async () => {
  await expect(tryLock(join(folder, 'none', 'run'), { onLost })).rejects.toThrow(
    /^tryLock: .*none\/run cannot be locked \(ENOENT/,
  );
});

test('a pipe in place of the name of the owner is replaced, and not waited for', async () => {
  execFileSync('mkfifo', [`${path}.owner.json`]);
  expect(lockOwner(path)).toBeUndefined();
  const lock = await tryLock(path, { onLost });
  expect([lock?.isOurs(), lockOwner(path)?.pid]).toEqual([true, process.pid]);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await rename(join(folder, 'pipe'), `${path}.owner.json`);
  expect([lock?.isOurs(), await tryLock(path, { onLost })]).toEqual([false, undefined]);
  await letStop();
  const other = await tryLock(path, { onLost });
  expect(other?.isOurs()).toBe(true);
  await other?.release();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['.lock', 'is not a folder', (at: string) => writeFile(at, '')],
  ['.lock', 'is not a folder', (at: string) => symlink(folder, at)],
  ['.lock', 'is a folder with files in it', (at: string) => mkdir(join(at, 'file'), { recursive: true })],
  ['.owner.json', 'is a folder', (at: string) => mkdir(at)],
])('what is at %s and %s is refused by name at once, fresh or old, and stays', async (end, what, put) => {
  const at = `${path}${end}`;
  await put(at);
  const message = `tryLock: ${path} cannot be locked: ${at} ${what}; expected nothing there, or the lock of a process. Move it away.`;
  await expect(waitForLock(path, { onLost })).rejects.toThrow(message);
  await utimes(at, 0, 0);
  await expect(tryLock(path, { onLost })).rejects.toThrow(message);
  expect(await readdir(folder)).toEqual([`run-00${end}`]);
});
