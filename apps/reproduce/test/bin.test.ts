import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encodeNpy } from '@metadistill/datasets';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { experiments } from '../src/experiments/index.js';
import { findLogs } from '../src/logs/find-logs.js';
import { runHere } from './run-here.js';
import { runProcess } from './run-process.js';

// What users start; it needs a build before.
const bin = fileURLToPath(new URL('../bin/reproduce.js', import.meta.url));

test('--help names every command', async () => {
  const { code, stdout } = await reproduce('--help');
  expect(code).toBe(0);
  for (const name of ['synthetic', 'smoke', 'table', 'data', 'bench', 'doctor', 'native'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test.each([['--help'], ['--version'], ['synthetic', '--help'], ['tabel']])(
  '%s loads no tensors',
  async (...args) => {
    const { stdout, stderr } = await runProcess(
      process.execPath,
      [...withoutTensors, bin, ...args],
      tmpdir(),
    );
    expect(stdout + stderr).toMatch(/Usage: |did you mean|^\d+\.\d+\.\d+\n$/);
    expect(stderr).not.toContain('was imported');
  },
);

test('the commands that compute do load tensors, so that the test above can fail', async () => {
  const { stderr } = await runProcess(process.execPath, [...withoutTensors, bin, 'verify'], tmpdir());
  expect(stderr).toMatch(/^error: (@metadistill|@tensorflow)\S+ was imported/);
});

/** Makes Node refuse the packages that load TensorFlow.js. */
const withoutTensors = ['--import', new URL('without-tensors.mjs', import.meta.url).href];

test('an unknown command is refused with the nearest one', async () => {
  const { code, stderr } = await reproduce('tabel');
  expect(code).toBe(1);
  expect(stderr).toContain("unknown command 'tabel'; did you mean 'table'?");
});

test('no command at all gives the help and code 1', async () => {
  const { code, stderr } = await reproduce();
  expect(code).toBe(1);
  expect(stderr).toContain('Usage: reproduce');
});

test('an unknown method or setting is refused with the nearest one, before anything runs', async () => {
  const method = await refused('synthetic', '--methods', 'gradiant', '--results', results);
  expect([method.code, method.stderr]).toEqual([1, expect.stringContaining("did you mean 'gradient'?")]);
  const setting = await refused('synthetic', '--set', 'learningrate=2', '--results', results);
  expect([setting.code, setting.stderr]).toEqual([
    1,
    expect.stringContaining("did you mean 'learningRate'?"),
  ]);
});

test('a results folder that cannot be written is refused before training starts', async () => {
  // A folder below a file, which not even root can make.
  const { code, stdout, stderr } = await refused('synthetic', '--results', join(bin, 'results'));
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('cannot be written');
});

test('a backend that does not load is refused before --fresh replaces a log', async () => {
  const log = keepLog('synthetic');
  vi.stubEnv('METADISTILL_NATIVE', results); // Nothing was set up there.
  const { code, stdout, stderr } = await refused(
    ...['synthetic', '--fresh', '--backend', 'webgpu', '--results', results],
  );
  vi.unstubAllEnvs();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(
    '--backend is webgpu; expected a backend that loads here. Why webgpu does not: webgpu is not',
  );
  expect(readFileSync(log, 'utf8')).toBe('a log of hours');
});

const keepLog = (experiment: string) => {
  const log = join(results, experiment, 'published', 'none', 'run-00.jsonl');
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, 'a log of hours');
  return log;
};

test('a setting that cannot work is refused before --fresh replaces a log', async () => {
  const log = keepLog('synthetic');
  const { code, stdout, stderr } = await refused(
    ...['synthetic', '--fresh', '--set', 'validationTemperature=0', '--results', results],
  );
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe('error: --set: validationTemperature is 0; expected a number above 0.\n');
  expect(readFileSync(log, 'utf8')).toBe('a log of hours');
});

describe('of Fashion-MNIST', () => {
  const idx = (...bytes: number[]) => gzipSync(Uint8Array.from([0, 0, 8, ...bytes]));
  const rows = (count: number, value = 1) =>
    encodeNpy({ shape: [count, 10], values: new Float32Array(10 * count).fill(value) });
  const files = {
    'fashion-mnist/train-images-idx3-ubyte.gz': idx(3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9),
    'fashion-mnist/train-labels-idx1-ubyte.gz': idx(1, 0, 0, 0, 2, 0, 1),
    'fashion-mnist/t10k-images-idx3-ubyte.gz': idx(3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9),
    'fashion-mnist/t10k-labels-idx1-ubyte.gz': idx(1, 0, 0, 0, 1, 0),
    'teacher-logits/fashion-mnist-resnet18.npy': rows(2),
  };

  test.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
    [
      'labels out of range',
      { 'fashion-mnist/t10k-labels-idx1-ubyte.gz': idx(1, 0, 0, 0, 1, 10) },
      /t10k-labels-idx1-ubyte.gz, offset 8 is 10; expected a label 0..9/,
    ],
    [
      'images of another format',
      { 'fashion-mnist/train-images-idx3-ubyte.gz': idx(1, 0, 0, 0, 0) },
      /train-images-idx3-ubyte.gz, offset 0 is 0x00000801; expected the magic number 0x00000803/,
    ],
    [
      'logits of fewer images',
      { 'teacher-logits/fashion-mnist-resnet18.npy': rows(1) },
      /fashion-mnist-resnet18.npy: the number of rows is 1; expected 2/,
    ],
    [
      'logits that are not finite',
      { 'teacher-logits/fashion-mnist-resnet18.npy': rows(2, Number.NaN) },
      /fashion-mnist-resnet18.npy: the logit of row 0, class 0 is NaN/,
    ],
    [
      'logits that are cut',
      { 'teacher-logits/fashion-mnist-resnet18.npy': rows(2).subarray(0, 150) },
      /fashion-mnist-resnet18.npy, offset 150 is the end of a truncated file of 150 bytes; expected 208 bytes/,
    ],
    [
      'logits with the card of no teacher',
      { 'teacher-logits/fashion-mnist-resnet18.json': new TextEncoder().encode('{}') },
      /fashion-mnist-resnet18.json is not the card of a teacher/,
    ],
    ['more images than there', {}, /--set: trainingImages is 60000; expected at most 2, which there are/],
  ])('%s are refused before --fresh replaces a log', async (_, change, message) => {
    const data = mkdtempSync(join(tmpdir(), 'data-'));
    for (const [name, bytes] of Object.entries({ ...files, ...change })) {
      mkdirSync(dirname(join(data, name)), { recursive: true });
      writeFileSync(join(data, name), bytes);
    }
    vi.stubEnv('METADISTILL_DATA', data);
    const log = keepLog('fashion-mnist');
    const { code, stdout, stderr } = await refused('fashion-mnist', '--fresh', '--results', results);
    vi.unstubAllEnvs();
    rmSync(data, { recursive: true });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(readFileSync(log, 'utf8')).toBe('a log of hours');
  });
});

test('a synthetic run ends with the table beside the paper, and is not repeated', async () => {
  const run = () =>
    reproduce('synthetic', '--methods', 'none', '--runs', '2', '--workers', '1', '--results', results);
  const first = await run();
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^\| none +\| +2 \| +0\.6300 \| 0\.0000 \| 0\.6300 \| +0\.63 \|/m);
  expect(first.stdout).toContain('[4/4] synthetic');
  // Another processor may round differently: how many are equal is not for a test to say.
  expect(first.stdout).toMatch(/^\d of 4 runs equal the committed reference in .*results bit for bit/m);
  const again = await run();
  expect(again.stdout).not.toContain('[1/4]');
  expect(again.stdout).toContain('4 of 4 runs are done');
});

test('smoke trains without a file: on drawn images, with a teacher of its own', async () => {
  vi.stubEnv('METADISTILL_DATA', join(results, 'nothing'));
  const { code, stdout } = await reproduce('smoke', '--methods', 'none', '--results', results);
  vi.unstubAllEnvs();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\| none +\| +1 \| +0\.9/m);
});

test('logs do not depend on the number of workers', async () => {
  const logsBy = async (workers: string) => {
    const folder = join(results, workers);
    const { code } = await reproduce(
      ...['synthetic', '--methods', 'gradient,random-search', '--protocol', 'corrected', '--runs', '2'],
      ...['--epochs', '201', ...quickTeacher, '--workers', workers, '--results', folder],
    );
    expect(code).toBe(0);
    return findLogs(folder).complete.map(({ header, evaluations }) => ({
      header,
      evaluations: evaluations.map(({ seconds, ...evaluation }) => evaluation),
    }));
  };
  const [one, two] = [await logsBy('1'), await logsBy('2')];
  expect(one).toHaveLength(4);
  expect(two).toEqual(one);
});

test('Ctrl-C keeps the finished runs and never counts the one it cut short', async () => {
  const command = [
    ...['synthetic', '--methods', 'gradient', '--protocol', 'published', '--workers', '2'],
    ...['--epochs', '1001', ...quickTeacher],
  ];
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
  expect(table.stdout).toMatch(new RegExp(`^\\| gradient \\[1\\] \\| +${complete.length} \\|`, 'm'));
});

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'reproduce-'));
});
afterEach(() => rmSync(results, { recursive: true }));

/** A worse one, where it does not matter how good it is. */
const quickTeacher = ['--set', 'teacherIterations=200'];

const reproduce = (...args: string[]) => runProcess(process.execPath, [bin, ...args], tmpdir());

/** Without a process of its own: what is refused starts nothing. */
const refused = (...args: string[]) =>
  runHere(args, {
    experiments,
    workerFile: new URL('there-is-no-worker.js', import.meta.url),
    folder: tmpdir(),
    reference: results,
    version: '0.0.0',
  });
