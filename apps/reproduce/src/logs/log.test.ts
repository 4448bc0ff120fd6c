import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fakeLog, writeLog } from '../../test/fake-log.js';
import { logPath, readLog } from './log.js';
import type { LogHeader } from './log-schema.js';
import { resumeLog, startLog } from './log-writer.js';

const log = fakeLog();
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  path = join(folder, 'run-00.jsonl');
  writeLog(path, log);
});

const linesOf = (file = path) => readFileSync(file, 'utf8').split('\n');

/** As logs were before they had a checksum. */
function writeWithoutChecksum(lines: readonly string[]): void {
  writeFileSync(path, lines.join('\n').replace(/,"sha256":"\w+"/, ''));
}

test('a log reads back as it was written, with the checksum of its lines', () => {
  expect(readLog(path)).toEqual({
    ...log,
    end: { ...log.end, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});

test('a log without a checksum, as all were once, still counts', () => {
  writeWithoutChecksum(linesOf());
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
  writeFileSync(path, linesOf().toSpliced(1, 1).join('\n'));
  expect(readLog(path)).toEqual({
    unfinished: 'it has 1 evaluations where its end line says 2',
    damaged: true,
  });
});

test('no log counts of which a bit has changed', () => {
  const whole = readFileSync(path);
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const changed = Buffer.from(whole);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, changed);
    expect(readLog(path), `bit ${bit}`).toMatchObject({ unfinished: expect.any(String) });
  }
});

test.each([
  ['swapped', ([header, first, second, ...rest]: string[]) => [header, second, first, ...rest]],
  ['doubled', ([header, first, , ...rest]: string[]) => [header, first, first, ...rest]],
])('evaluations that were %s are damage, without a checksum too', (_, change) => {
  writeWithoutChecksum(change(linesOf()) as string[]);
  expect(readLog(path)).toEqual({ unfinished: 'its evaluations are out of order', damaged: true });
});

test('a configuration that is not the one of its hash is damage, without a checksum too', () => {
  writeWithoutChecksum(linesOf().map((line) => line.replace('"epochs":10', '"epochs":11')));
  expect(readLog(path)).toEqual({
    unfinished: 'its configuration is not the one of its configHash',
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
  startLog(path, log.header).close();
  expect(readLog(path)).toEqual({ unfinished: 'it has no end line', damaged: false });
});

test('a line that could not be read back is not written', () => {
  const begun = startLog(path, log.header);
  const line = { ...log.evaluations[0], testAccuracy: Number.NaN };
  expect(() => begun.append(line as (typeof log.evaluations)[0])).toThrow();
  for (const each of log.evaluations) begun.append(each);
  begun.end(log.end.seconds);
  begun.close();
  expect(readLog(path)).toMatchObject(log);
});

const start = { backend: { name: 'cpu' }, data: { images: 'sha256:1' } };

test('a log that is taken up after its snapshot equals one that was never cut', () => {
  const header = { ...log.header, data: start.data };
  writeLog(path, { ...log, header });
  const whole = readFileSync(path, 'utf8');
  const begun = startLog(path, header);
  begun.append(log.evaluations[0]!);
  const logSha256 = begun.sync();
  begun.append({ ...log.evaluations[1]!, testAccuracy: 0.9 });
  begun.close();
  const resumed = resumeLog(path, { evaluations: 1, logSha256 }, start);
  begun.close(); // Again is allowed.
  resumed.append(log.evaluations[1]!);
  resumed.end(log.end.seconds);
  resumed.close();
  expect(readFileSync(path, 'utf8')).toBe(whole);
});

test('a log is not taken up if a line before its snapshot was changed, on another backend, or on other data', () => {
  const begun = startLog(path, { ...log.header, data: start.data });
  begun.append(log.evaluations[0]!);
  const beginning = { evaluations: 1, logSha256: begun.sync() };
  begun.close();
  expect(() => resumeLog(path, { ...beginning, evaluations: 2 }, start)).toThrow(
    'has 1 of the 2 evaluations',
  );
  expect(() => resumeLog(path, beginning, { ...start, backend: { name: 'wasm' } })).toThrow(
    `${path} was begun on cpu and would continue on wasm. Ask for the first by --backend`,
  );
  expect(() => resumeLog(path, beginning, { ...start, data: { images: 'sha256:2' } })).toThrow(
    `${path} was begun on other data: images changed. Restore what it was begun on`,
  );
  writeFileSync(path, readFileSync(path, 'utf8').replace('"testAccuracy":0.1', '"testAccuracy":0.2'));
  expect(() => resumeLog(path, beginning, start)).toThrow('is not as it was when its snapshot was written');
});

const direct = { build: 'simd', arithmetic: 'direct' } as const;
const onWasm = (kernels?: LogHeader['kernels']) => ({ name: 'wasm', ...(kernels && { kernels }) });

test.each([
  ['the same kernels', direct, direct, undefined],
  [
    'another build',
    direct,
    { ...direct, build: 'relaxed-simd' },
    '(simd, direct) and would continue on wasm (relaxed-simd, direct)',
  ],
  [
    'another arithmetic',
    direct,
    { ...direct, arithmetic: 'fast' },
    '(simd, direct) and would continue on wasm (simd, fast)',
  ],
  ['kernels that it does not name, direct', undefined, direct, undefined],
  [
    'kernels that it does not name, fast',
    undefined,
    { ...direct, arithmetic: 'fast' },
    'and would continue on wasm (simd, fast)',
  ],
] as const)('a log is taken up on wasm by %s: refused with %4$s', (_, before, next, refusal) => {
  const begun = startLog(path, {
    ...log.header,
    backend: { name: 'wasm', reason: 'it was asked for' },
    ...(before && { kernels: before }),
    data: start.data,
  });
  begun.append(log.evaluations[0]!);
  const beginning = { evaluations: 1, logSha256: begun.sync() };
  begun.close();
  const resume = () => resumeLog(path, beginning, { ...start, backend: onWasm(next) }).close();
  if (refusal === undefined) expect(resume).not.toThrow();
  else expect(resume).toThrow(refusal);
});

test('a process whose log was begun again by another writes into the old one', () => {
  const old = startLog(path, log.header);
  const taken = startLog(path, log.header);
  old.append(log.evaluations[0]!);
  taken.close();
  old.close();
  expect(linesOf()).toHaveLength(2);
});

test('what is no file is refused with its path, at once', async () => {
  const [pipe, socket, nested] = ['pipe', 'socket', 'nested'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync('mkfifo', [pipe]);
  mkdirSync(nested);
  const server = createServer().listen(socket);
  await new Promise((resolve) => server.once('listening', resolve));
  expect(() => readLog(pipe)).toThrow(`${pipe} cannot be read: it is a pipe; expected a file.`);
  expect(() => readLog(nested)).toThrow(`${nested} cannot be read: it is a folder; expected a file.`);
  expect(() => readLog(socket)).toThrow(`${socket} cannot be read: it is a socket; expected a file.`);
  server.close();
});

test.runIf(process.platform === 'linux')('a full disk is named with the file', () => {
  expect(() => startLog('/proc/run-00.jsonl', log.header)).toThrow('/proc/run-00.jsonl cannot be written: ');
});

test('a log lies under experiment, protocol and method', () => {
  expect(logPath({ experiment: 'a', protocol: 'published', method: 'b', run: 3 })).toBe(
    join('a', 'published', 'b', 'run-03.jsonl'),
  );
});
