import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

test('a lock whose owner was killed is taken over, by name', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  await mkdir(`${path}.lock`);
  const since = '2026-01-01T00:00:00.000Z';
  await writeFile(`${path}.owner.json`, JSON.stringify({ pid: dead.pid, host: 'here', since }));
  const old = new Date(Date.now() - staleLockMs - 1000);
  await utimes(`${path}.lock`, old, old);
  const taken = await tryLock(path, { onLost });
  expect(taken?.takenOverFrom).toEqual({ pid: dead.pid, host: 'here', since });
  expect(lockOwner(path)?.pid).toBe(process.pid);
  await taken?.release();
});

test('a folder that is not there is named', async () => {
  await expect(tryLock(join(folder, 'none', 'run'), { onLost })).rejects.toThrow(
    /^tryLock: .*none\/run cannot be locked \(ENOENT/,
  );
});
