import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fakeLog, writeLog } from '../../test/fake-log.js';
import { type CompleteLog, logPath } from '../logs/log.js';
import { startLog } from '../logs/log-writer.js';
import type { RunSpec } from '../runs/experiment.js';
import { describeComparison } from './describe-comparison.js';

let folder: string;
let reference: string;
let results: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
  [reference, results] = [join(folder, 'results'), join(folder, 'runs')];
  for (const run of [0, 1]) for (const each of [reference, results]) write(each, fakeLog({ run }));
});

function write(where: string, log: CompleteLog): string {
  const path = join(where, logPath(log.header));
  mkdirSync(dirname(path), { recursive: true });
  writeLog(path, log);
  return path;
}

const specOf = (run: number): RunSpec => ({
  ...fakeLog({ run }).header,
  config: { epochs: 10 },
  backend: 'cpu',
});

const describe = (runs = [0, 1], where = results, experiment: { withoutReference?: string } = {}) =>
  describeComparison({ name: 'synthetic', ...experiment }, runs.map(specOf), where, { reference, folder });

test('only the runs of the command are compared, whatever else is in the folder', () => {
  write(results, fakeLog({ run: 7 }, { testAccuracy: 0.9 }));
  expect(describe()).toMatch(/^2 of 2 runs equal the committed reference in results bit for bit: /);
  expect(describe([1])).toMatch(/^1 of 1 runs equal /);
  expect(describe([7])).toContain('Not compared: 1, which the reference lacks.');
});

test.each([
  ['the folder', '', ''],
  ['the folder of the experiment', 'synthetic', '/synthetic'],
])('%s is missing, or is a file', (_, below, shown) => {
  const path = join(reference, below);
  rmSync(path, { recursive: true });
  const words = (what: string) =>
    `Not compared with the committed reference: results${shown} is ${what}. ` +
    `Restore the reference, such as by \`git restore results${shown}\`.`;
  expect(describe()).toBe(words('missing'));
  writeFileSync(path, '');
  expect(describe()).toBe(words('not a folder'));
});

test('a damaged or unfinished log of the reference is called so, with its path', () => {
  const [first, second] = [fakeLog(), fakeLog({ run: 1 })].map((log) => write(reference, log));
  writeFileSync(first as string, 'not a log\n');
  startLog(second as string, fakeLog({ run: 1 }).header).close();
  const text = describe();
  expect(text).toContain(
    'results/synthetic/published/gradient/run-00.jsonl is damaged: line 1 is not a line of a log',
  );
  expect(text).toContain(
    'results/synthetic/published/gradient/run-01.jsonl is unfinished: it has no end line.',
  );
  expect(text).not.toContain('lacks');
});

test('a folder in place of a log of the reference hides no other', () => {
  const path = write(reference, fakeLog());
  rmSync(path);
  mkdirSync(path);
  expect(describe()).toMatch(
    /^1 of 1 runs equal[\s\S]*run-00\.jsonl is damaged: it cannot be read: it is a folder; expected a file\.\n/,
  );
});

test('the reference is not compared with itself, whatever path leads there', () => {
  expect(describe([0], reference)).toBeUndefined();
  const link = join(folder, 'link');
  symlinkSync(reference, link);
  expect(describe([0], link)).toBeUndefined();
  expect(describe([0], join(link, '..', 'link'))).toBeUndefined();
  rmSync(results, { recursive: true });
  mkdirSync(results);
  symlinkSync(join(reference, 'synthetic'), join(results, 'synthetic'));
  expect(describe([0])).toBeUndefined();
});

test('an experiment without a reference says so, and why', () => {
  expect(describe([0], results, { withoutReference: 'it is only a trial' })).toBe(
    'synthetic has no committed reference to be compared with: it is only a trial.',
  );
});
