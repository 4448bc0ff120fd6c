import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fakeLog } from '../../test/fake-log.js';
import { appendToLog, logPath, readLog, startLog } from './log.js';

const log = fakeLog();
let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'log-')), 'run-00.jsonl');
  startLog(path, log.header);
  for (const line of log.evaluations) appendToLog(path, line);
  appendToLog(path, log.end);
});

test('a log reads back as it was written', () => {
  expect(readLog(path)).toEqual(log);
});

test('a log cut anywhere is unfinished, and not damaged', () => {
  const whole = readFileSync(path, 'utf8');
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.slice(0, length));
    expect(readLog(path), `${length} bytes`).toMatchObject({
      unfinished: expect.any(String),
      damaged: false,
    });
  }
});

test('a log that lacks a line in the middle is damaged', () => {
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.toSpliced(1, 1).join('\n'));
  expect(readLog(path)).toEqual({
    unfinished: 'it has 1 evaluations where its end line says 2',
    damaged: true,
  });
});

test('a log that another version of the schema wrote is unfinished', () => {
  writeFileSync(path, readFileSync(path, 'utf8').replace('"schema":1', '"schema":0'));
  expect(readLog(path)).toEqual({
    unfinished: 'line 1 is not a line of a log of this version',
    damaged: true,
    schema: 0,
  });
});

test('starting a log again drops what was there', () => {
  startLog(path, log.header);
  expect(readLog(path)).toEqual({ unfinished: 'it has no end line', damaged: false });
});

test('a line that could not be read back is not written', () => {
  const line = { ...fakeLog().evaluations[0], testAccuracy: Number.NaN };
  expect(() => appendToLog(path, line as (typeof log.evaluations)[0])).toThrow();
  expect(readLog(path)).toEqual(log);
});

test('a log lies under experiment, protocol and method', () => {
  expect(logPath({ experiment: 'a', protocol: 'published', method: 'b', run: 3 })).toBe(
    join('a', 'published', 'b', 'run-03.jsonl'),
  );
});
