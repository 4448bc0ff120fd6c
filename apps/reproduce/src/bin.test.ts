import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLogs } from './find-logs.js';
import { runProcess } from './testing/run-process.js';

// What users start; it needs a build before.
const bin = fileURLToPath(new URL('../bin/reproduce.js', import.meta.url));

test('--help names every command', async () => {
  const { code, stdout } = await reproduce('--help');
  expect(code).toBe(0);
  for (const name of ['table', 'data', 'bench', 'doctor', 'native'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('an unknown command is refused with the nearest one', async () => {
  const { code, stderr } = await reproduce('tabel');
  expect(code).toBe(1);
  expect(stderr).toContain("unknown command 'tabel'\n(Did you mean table?)");
});

test('an unknown option of a command is refused with the nearest one', async () => {
  const { code, stderr } = await reproduce('table', '--result', 'x');
  expect(code).toBe(1);
  expect(stderr).toContain("unknown option '--result'\n(Did you mean --results?)");
});

test('no command at all gives the help and code 1', async () => {
  const { code, stderr } = await reproduce();
  expect(code).toBe(1);
  expect(stderr).toContain('Usage: reproduce');
});

test('an unknown method or setting is refused with the nearest one, before anything runs', async () => {
  const method = await reproduce('synthetic', '--methods', 'gradiant', '--results', results);
  expect([method.code, method.stderr]).toEqual([1, expect.stringContaining("did you mean 'gradient'?")]);
  const setting = await reproduce('synthetic', '--set', 'learningrate=2', '--results', results);
  expect([setting.code, setting.stderr]).toEqual([
    1,
    expect.stringContaining("did you mean 'learningRate'?"),
  ]);
});

test('a results folder that cannot be written is refused before training starts', async () => {
  // A folder below a file, which not even root can make.
  const { code, stdout, stderr } = await reproduce('synthetic', '--results', join(bin, 'results'));
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('cannot be written');
});

test('a synthetic run ends with the table beside the paper, and is not repeated', async () => {
  const run = () => reproduce('synthetic', '--methods', 'none', '--runs', '2', '--results', results);
  const first = await run();
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^\| none +\| +2 \| +0\.6300 \| 0\.0000 \| 0\.6300 \| +0\.63 \|/m);
  expect(first.stdout).toContain('[4/4] synthetic');
  const again = await run();
  expect(again.stdout).not.toContain('[1/4]');
  expect(again.stdout).toContain('4 of 4 runs are done');
});

test('Ctrl-C keeps the finished runs and never counts the one it cut short', async () => {
  const command = ['synthetic', '--methods', 'gradient', '--protocol', 'published', '--workers', '2'];
  const stopped = await runProcess(
    process.execPath,
    [bin, ...command, '--results', results],
    tmpdir(),
    (stdout) => stdout.includes('[2/10]'),
  );
  expect(stopped.code).toBe(130);
  const { complete } = findLogs(results);
  expect(complete.length).toBeGreaterThanOrEqual(2);
  expect(complete.length).toBeLessThan(10);
  expect(stopped.stderr).toContain(`${complete.length} of 10 runs are done`);
  const table = await reproduce('table', '--results', results);
  expect(table.stdout).toMatch(new RegExp(`^\\| gradient +\\| +${complete.length} \\|`, 'm'));
});

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'reproduce-'));
});
afterEach(() => rmSync(results, { recursive: true }));

const reproduce = (...args: string[]) => runProcess(process.execPath, [bin, ...args], tmpdir());
