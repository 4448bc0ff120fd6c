import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildFakes } from '../test/build-fakes.js';
import { fakeEnvironment } from '../test/fake-environment.js';
import { fakeExperiment } from '../test/fake-experiment.js';
import { runHere } from '../test/run-here.js';
import { runProcess } from '../test/run-process.js';
import { smoke } from './experiments/smoke.js';

let main: string;
let workerFile: URL;
let folder: string;

beforeAll(async () => {
  ({ main, workerFile } = await buildFakes('cli-test'));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
});

const reproduce = (...args: string[]) => runHere(args, fakeEnvironment(folder, workerFile));

/** In a process of its own: a backend that is loaded stays with its process. */
const reproduceApart = (...args: string[]) => runProcess(process.execPath, [main, ...args], folder);

test.each([
  [['fake', '--rusn', '3'], "unknown option '--rusn'; did you mean '--runs'? Known: --protocol, --methods, "],
  [['fake', '--run=3'], "unknown option '--run'; did you mean '--runs'?"],
  [['native', '--jsn'], "unknown option '--jsn'. Known: --device, "],
  [['--verson'], "unknown option '--verson'; did you mean '--version'? Known: --version, --help."],
  [['fakee'], "unknown command 'fakee'; did you mean 'fake'? Known: fake, table, study, data, "],
  [['frobnicate'], "unknown command 'frobnicate'. Known: fake, "],
  [['help', 'tabel'], "unknown command 'tabel'; did you mean 'table'? Known: fake, table, "],
  [['fake', '--runs'], '--runs has no value; expected <count>.'],
  [['table', 'a', 'b'], "the arguments of table are too many by 'a', 'b'; expected none."],
  [['data', 'cifar10', 'b'], "the arguments of data are too many by 'b'; expected at most 1."],
  [['data'], '<dataset> is missing; expected fashion-mnist, cifar10, teacher-logits.'],
  [['fake', '--methods', 'none,gradiant'], "unknown method 'gradiant'; did you mean 'gradient'?"],
  [['fake', '--methods', 'grad'], "unknown method 'grad'; did you mean 'gradient'?"],
  [['fake', '--protocol', 'publishd'], "unknown protocol 'publishd'; did you mean 'published'?"],
  [['fake', '--backend', 'wsam'], "unknown backend 'wsam'; did you mean 'wasm'?"],
  [['fake', '--runs', '0'], "--runs is '0'; expected a whole number, 1 to 10000."],
  [['fake', '--runs', '400000000'], "--runs is '400000000'; expected a whole number, 1 to 10000."],
  [['fake', '--first-run', '10001'], "--first-run is '10001'; expected a whole number, 0 to 10000."],
  [['fake', '--workers', '1000'], "--workers is '1000'; expected a whole number, 1 to 256."],
  [['fake', '--epochs', '1000001'], "--epochs is '1000001'; expected a whole number, 1 to 1000000."],
  [['study', 'defaults', '--starts', '10001'], "--starts is '10001'; expected a whole number, 1 to 10000."],
  [['fake', '--set', 'learningrate=1'], "--set: unknown key 'learningrate'; did you mean 'learningRate'?"],
  [['fake', '--set', 'learningRate=fast'], "learningRate is 'fast'; expected a number"],
  [['fake', '--set', 'label=no data'], 'the data are not there'],
  [['data', 'cifar'], "unknown dataset 'cifar'; did you mean 'cifar10'?"],
  [['teacher', 'cifar'], "unknown dataset 'cifar'; did you mean 'cifar10'?"],
  [['teacher', 'cifar10', '--model', 'resnet'], "unknown model 'resnet'; did you mean 'resnet18'?"],
  [['teacher', 'cifar10', '--learning-rate', '0'], "--learning-rate is '0'; expected a number above 0."],
  [['table'], 'no finished runs in runs'],
  [['table', '--results', 'nowhere'], '--results is nowhere, which is not there; expected a folder of logs.'],
  [['study', 'trajectory'], "unknown study 'trajectory'; did you mean 'trajectories'?"],
  [['bench', '--model', 'resnet-18'], "unknown model 'resnet-18'; did you mean 'resnet18'?"],
  [['bench', '--batch', '1'], "--batch is '1'; expected a whole number, 2 to 65536."],
  [['verify', '--model', 'logistic'], "unknown model 'logistic'; did you mean 'logistic-regression'?"],
  [['native', 'webgp'], "unknown backend 'webgp'; did you mean 'webgpu'?"],
])('%j is refused before anything starts: %s', async (args, message) => {
  const { code, stdout, stderr } = await reproduce(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr.slice('error: '.length)).toContain(message);
  expect(stdout).toBe('');
});

test('help prints the help of all or of one command, as --help does', async () => {
  for (const [args, same] of [
    [['help'], ['--help']],
    [
      ['help', 'table'],
      ['table', '--help'],
    ],
  ] as const) {
    const [help, option] = [await reproduce(...args), await reproduce(...same)];
    expect(help).toEqual(option);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: reproduce/) });
  }
});

test('help lists the forms that a method with a number takes', async () => {
  const { stdout } = await runHere(['smoke', '--help'], {
    ...fakeEnvironment(folder, workerFile),
    experiments: [smoke],
  });
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /; also: .*every-5, any every-<k>, any trajectory-<e1>x<p>, /,
  );
});

test('an experiment without a reference says so instead of looking for one', async () => {
  const alone = { ...fakeExperiment, withoutReference: 'it only shows that it works' };
  const environment = { ...fakeEnvironment(folder, workerFile), experiments: [alone] };
  const { code, stdout, stderr } = await runHere(['fake', '--runs', '1', '--methods', 'none'], environment);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /\nfake has no committed reference to be compared with: it only shows that it works\.\n$/,
  );
});

test('table names the logs that do not count, of the reference too, and a file in place of a folder', async () => {
  await reproduce('fake', '--protocol', 'published', '--runs', '1', '--methods', 'none');
  const broken = join(folder, 'results/fake/published/gradient/run-00.jsonl');
  mkdirSync(dirname(broken), { recursive: true });
  writeFileSync(broken, '{}\n');
  const { code, stderr } = await reproduce('table');
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/^not counted: results\/fake\/published\/gradient\/run-00\.jsonl: line 1 is not/),
  ]);
  const file = await reproduce('table', '--results', broken);
  expect([file.code, file.stderr]).toEqual([1, `error: ${broken} is a file; expected a folder of logs.\n`]);
});

test('refuses a results folder that cannot be written, before anything starts', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, stdout, stderr } = await reproduce('fake', '--results', 'file/results');
  expect(code).toBe(1);
  expect(stderr).toContain(`the results folder ${join(folder, 'file/results')} cannot be written`);
  expect(stdout).toBe('');
});

// Where Node's own recursive mkdir never returns.
test.runIf(existsSync('/proc/self'))('refuses a results folder in /proc', async () => {
  const { code, stderr } = await reproduce('fake', '--results', '/proc/nowhere/results');
  expect(code).toBe(1);
  expect(stderr).toContain('the results folder /proc/nowhere/results cannot be written: ENOENT');
});

test('a command that is refused leaves no folder behind', async () => {
  await reproduce('fake', '--set', 'label=no data');
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

test('table writes what it prints as JSON and Markdown', async () => {
  await reproduce('fake', '--protocol', 'published', '--methods', 'none');
  const { code, stdout } = await reproduce('table', '--json', 'rows.json', '--markdown', 'table.md');
  expect(code).toBe(0);
  expect(readFileSync(join(folder, 'table.md'), 'utf8')).toBe(stdout);
  expect(JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8'))).toMatchObject([
    {
      experiment: 'fake',
      protocol: 'published',
      method: 'none',
      runs: 2,
      maxAccuracy: 0.51,
      paperMean: null,
    },
  ]);
});

test('table compares with the baseline that is asked for', async () => {
  await reproduce('fake', '--protocol', 'published', '--runs', '5');
  const { stdout } = await reproduce('table', '--baseline', 'gradient');
  expect(stdout).toMatch(/vs gradient/);
  expect(stdout).toMatch(/^\| none .*\| \+0\.0000 \[\+0\.0000, \+0\.0000\] \|/m);
  const unknown = await reproduce('table', '--baseline', 'gradiant');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("did you mean 'gradient'?")]);
});

test('bench --json prints one object per line and nothing else', async () => {
  const command = ['bench', '--json', '--backend', 'wasm', '--model', 'cifar-very-tiny'];
  const { code, stdout } = await reproduceApart(...command, '--batch', '2', '--iterations', '2');
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ bench }) => bench)).toEqual([
    'forward',
    'plain-step',
    'hyper-step-exact',
    'hyper-step-arrays',
    'hyper-step-fd',
  ]);
  for (const line of lines) {
    expect(line).toMatchObject({ model: 'cifar-very-tiny', batch: 2, backend: 'wasm', iterations: 2 });
    expect(line.medianMs).toBeGreaterThanOrEqual(line.minMs);
    expect(line.rssMb).toBeGreaterThan(0);
  }
});

test('verify checks the hypergradients of a model and says what on', async () => {
  const { code, stdout } = await reproduceApart(
    'verify',
    '--model',
    'logistic-regression',
    '--backend',
    'cpu',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^logistic-regression on the paper's 15 synthetic points.*; backend cpu/);
  expect(stdout).toMatch(/\nAll checks passed\.\n$/);
});

test('doctor says what works, and ends with 1 if nothing can be logged', async () => {
  vi.stubEnv('METADISTILL_DATA', folder); // Without the images, which take long to read.
  const { code, stdout } = await reproduceApart('doctor');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok +backend wasm +wasm \(WebAssembly/m);
  expect(stdout).toMatch(/^ok +queue +not configured/m);
  expect(stdout).toContain('\nRuns work here.\n');
  writeFileSync(join(folder, 'file'), '');
  const broken = await reproduceApart('doctor', '--results', 'file/results');
  vi.unstubAllEnvs();
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(
    /^problem +results +.* cannot be written: .*file is a file\n +-> Name another/m,
  );
  expect(broken.stdout).toContain('\nproblems: 1\n');
});

test('an experiment says how many of its runs equal the committed reference, which differ and which it lacks', async () => {
  const fake = ['fake', '--methods', 'none,gradient', '--protocol', 'published', '--quiet'];
  // Contributors write the reference, which is then compared with nothing.
  const reference = await reproduce(...fake, '--results', 'results');
  expect(reference.stdout).not.toContain('reference');
  const equal = await reproduce(...fake);
  expect(equal.stdout).toMatch(/\n4 of 4 runs equal the committed reference in results bit for bit: .*\n$/);

  const path = join(folder, 'results/fake/published/none/run-01.jsonl');
  const log = readFileSync(path, 'utf8');
  // Logs without a checksum, as they were once, are compared as well.
  const changed = log.replace('"testAccuracy":0.51', '"testAccuracy":0.5').replace(/,"sha256":"\w+"/, '');
  writeFileSync(path, changed);
  rmSync(join(folder, 'results/fake/published/gradient/run-00.jsonl'));
  const different = await reproduce(...fake);
  expect(different.code).toBe(0);
  expect(different.stdout).toContain(
    '2 of 3 runs equal the committed reference in results bit for bit, 1 differ',
  );
  expect(different.stdout).toMatch(
    /^\| fake\/published\/none\/run-01\.jsonl \| +\+0\.0100 \| +2 \| testAccuracy/m,
  );
  expect(different.stdout).toContain('Not compared: 1, which the reference lacks.');
});

test('table shows the runs computed here and, marked, the committed reference for the others', async () => {
  const published = ['fake', '--protocol', 'published', '--quiet'];
  await reproduce(...published, '--results', 'results');
  await reproduce(...published, '--methods', 'none', '--runs', '1');
  const { stdout } = await reproduce('table', '--json', 'rows.json');
  expect(stdout).toMatch(/^\| none +\| +1 .* here \|$/m);
  expect(stdout).toMatch(/^\| gradient +\| +2 .* reference \|$/m);
  expect(JSON.parse(readFileSync(join(folder, 'rows.json'), 'utf8'))).toMatchObject([
    { method: 'none', runs: 1, reference: false },
    { method: 'gradient', runs: 2, reference: true },
  ]);
  const alone = await reproduce('table', '--results', 'runs');
  expect(alone.stdout).not.toContain('gradient');
});
