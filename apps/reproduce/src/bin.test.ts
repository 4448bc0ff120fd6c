import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProcess } from './testing/run-process.js';

// What users start; it needs a build before.
const bin = fileURLToPath(new URL('../bin/reproduce.js', import.meta.url));

test('--help names every command', async () => {
  const { code, stdout } = await reproduce('--help');
  expect(code).toBe(0);
  for (const name of ['table', 'data']) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
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

const reproduce = (...args: string[]) => runProcess(process.execPath, [bin, ...args], tmpdir());
