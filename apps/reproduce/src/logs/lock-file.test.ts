import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { LostLockError, lockFile } from './lock-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'run-00.jsonl');
});

const take = async () => {
  const lock = await lockFile(path);
  if (!lock) throw new Error('the file is locked');
  return lock;
};

test('a lock that is taken over is said to be, and half-written files of its owner are removed', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await take();
  const owner = JSON.parse(readFileSync(`${path}.owner.json`, 'utf8'));
  writeFileSync(`${path}.owner.json`, JSON.stringify({ ...owner, pid, token: 'x' }));
  for (const name of ['run-00.jsonl.1-a.tmp', 'run-00.snapshot.1-b.tmp', 'run-001.jsonl.2-a.tmp']) {
    writeFileSync(join(folder, name), '');
  }
  const notes: string[] = [];
  const lock = await lockFile(path, { note: (text) => notes.push(text) });
  expect(notes).toEqual([`Taking over ${path} from process ${pid} on ${hostname()}, which is gone.`]);
  await lock?.release();
  expect(readdirSync(folder)).toEqual(['run-001.jsonl.2-a.tmp']);
});

test('an owner who slept too long finds the file lost, and hears whose it is', async () => {
  const slept = await take();
  slept.check();
  expect(await lockFile(path)).toBeUndefined();
  utimesSync(`${path}.lock`, 0, 0);
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
