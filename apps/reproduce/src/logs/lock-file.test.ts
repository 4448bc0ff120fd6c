import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { LostLockError, lockFile, staleAfterMs } from './lock-file.js';

let folder: string;
let path: string;
const notes: string[] = [];
const note = (text: string) => notes.push(text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'run-00.jsonl');
  notes.length = 0;
});

const take = async () => {
  const lock = await lockFile(path, { note });
  if (!lock) throw new Error('the file is locked');
  return lock;
};

/** As a process leaves it that is killed, or lives on another machine. */
function leaveLock(owner: { pid: number; host: string }): void {
  mkdirSync(`${path}.lock`);
  writeFileSync(
    `${path}.owner.json`,
    JSON.stringify({ ...owner, since: '2026-01-01T00:00:00Z', token: 'x' }),
  );
}

const letHeartStop = () => {
  const then = (Date.now() - staleAfterMs - 1000) / 1000;
  utimesSync(`${path}.lock`, then, then);
};

const endedProcess = () => spawnSync(process.execPath, ['-e', '']).pid;

test('a file has one owner at a time, who is named beside it, and leaves nothing', async () => {
  const lock = await take();
  expect(await lockFile(path, { note })).toBeUndefined();
  expect(JSON.parse(readFileSync(`${path}.owner.json`, 'utf8'))).toMatchObject({
    pid: process.pid,
    host: hostname(),
  });
  lock.check();
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
  await (await take()).release();
  expect(notes).toEqual([]);
});

test('of many that ask at once, one gets it', async () => {
  const locks = await Promise.all(Array.from({ length: 20 }, () => lockFile(path, { note })));
  expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
  await locks.find((lock) => lock)?.release();
});

test('the lock of a process that has ended on this machine is taken over at once, and said so', async () => {
  const pid = endedProcess();
  leaveLock({ pid, host: hostname() });
  await (await take()).release();
  expect(notes).toEqual([`Taking over ${path} from process ${pid} on ${hostname()}, which has ended.`]);
});

test('the lock of another machine is taken over once its heart has stopped', async () => {
  leaveLock({ pid: endedProcess(), host: 'elsewhere' });
  expect(await lockFile(path, { note })).toBeUndefined();
  letHeartStop();
  await (await take()).release();
  expect(notes).toEqual([
    expect.stringMatching(/from process \d+ on elsewhere, which has given no sign of life for a minute\.$/),
  ]);
});

test('an owner who slept too long finds the file lost, and leaves it to the other', async () => {
  const slept = await take();
  letHeartStop();
  const other = await take();
  expect(() => slept.check()).toThrow(LostLockError);
  expect(slept.signal.aborted).toBe(true);
  expect(() => slept.check()).toThrow(`${path} belongs to process ${process.pid} on ${hostname()} now.`);
  await slept.release();
  other.check();
  await other.release();
});

test('a lock that someone deleted is lost', async () => {
  const lock = await take();
  rmSync(folder, { recursive: true });
  expect(() => lock.check()).toThrow(`${path} has lost its lock. Stopped writing it.`);
});

test('a folder that is not there is named', async () => {
  await expect(lockFile(join(folder, 'no/run-00.jsonl'))).rejects.toThrow(
    'no/run-00.jsonl cannot be locked: ENOENT',
  );
});
