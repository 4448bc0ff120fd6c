import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { findLogs } from './find-logs.js';
import { buildFakes } from './testing/build-fakes.js';
import { fakeAccuracy } from './testing/fake-experiment.js';

let main: string;
let folder: string;

beforeAll(async () => {
  ({ main } = await buildFakes('cli-test'));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
});

test('runs every method of every protocol, logs the runs and prints the table', async () => {
  const { code, stdout } = await reproduce('fake', '--workers', '2');
  expect(code).toBe(0);
  expect(stdout).toContain('[8/8]');
  expect(stdout).toContain('fake, published protocol');
  expect(stdout).toContain('Logs: results/fake/corrected/<method>/run-<NN>.jsonl');
  const { complete, unfinished } = findLogs(join(folder, 'results'));
  expect(unfinished).toEqual([]);
  expect(complete.map(({ header }) => `${header.protocol} ${header.method} ${header.run}`)).toEqual([
    'corrected gradient 0',
    'corrected gradient 1',
    'corrected none 0',
    'corrected none 1',
    'published gradient 0',
    'published gradient 1',
    'published none 0',
    'published none 1',
  ]);
  for (const { header, evaluations } of complete) {
    expect(evaluations.at(-1)?.testAccuracy).toBe(fakeAccuracy(header));
    expect(header.backend).toEqual({ name: 'cpu', reason: 'fake' });
    expect(header.versions.node).toBe(process.versions.node);
  }
});

test('does no finished run again, and an unfinished one', async () => {
  await reproduce('fake', '--protocol', 'published');
  const first = join(folder, 'results/fake/published/none/run-00.jsonl');
  const second = join(folder, 'results/fake/published/none/run-01.jsonl');
  const [before, whole] = [readFileSync(first, 'utf8'), readFileSync(second, 'utf8')];
  writeFileSync(second, whole.slice(0, -10));
  const { code, stdout } = await reproduce('fake', '--protocol', 'published');
  expect(code).toBe(0);
  expect(stdout).toContain('1 runs to do, 3 were done before');
  expect(readFileSync(first, 'utf8')).toBe(before);
  expect(findLogs(join(folder, 'results')).complete).toHaveLength(4);
});

test('refuses to mix configurations in one folder, naming the difference, until told to start afresh', async () => {
  await reproduce('fake', '--methods', 'none', '--runs', '1', '--epochs', '1');
  const refused = await reproduce('fake', '--methods', 'none', '--runs', '1', '--epochs', '2');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'run-00.jsonl is a finished run with another configuration: epochs is 1, not 2',
  );
  const afresh = await reproduce('fake', '--methods', 'none', '--runs', '1', '--epochs', '2', '--fresh');
  expect(afresh.code).toBe(0);
  expect(afresh.stdout).toContain('not the default configuration: epochs is 2, not 3');
});

test('logs an alias under the name that it stands for', async () => {
  await reproduce('fake', '--methods', 'gradient-alias', '--runs', '1', '--protocol', 'published');
  expect(findLogs(join(folder, 'results')).complete.map(({ header }) => header.method)).toEqual(['gradient']);
});

test('prints a run that throws with its name, goes on with the others, and ends with code 1', async () => {
  const { code, stdout, stderr } = await reproduce(
    'fake',
    '--methods',
    'broken,crash,none',
    '--protocol',
    'published',
  );
  expect(code).toBe(1);
  expect(stderr).toContain('fake published broken run 01 failed: Error: the step diverged');
  expect(stderr).toContain('fake published crash run 00 failed: SyntaxError');
  expect(stdout).toContain('2 of 6 runs are done');
  expect(findLogs(join(folder, 'results')).complete.map(({ header }) => header.method)).toEqual([
    'none',
    'none',
  ]);
});

test('says nothing of progress where it is quiet', async () => {
  const { stdout, stderr } = await reproduce('fake', '--quiet');
  expect(stdout).toMatch(/^\n### fake, published protocol/);
  expect(stderr).toBe('');
});

test.each([
  [['fake', '--rusn', '3'], "unknown option '--rusn'\n(Did you mean --runs?)"],
  [['fakee'], "unknown command 'fakee'\n(Did you mean fake?)"],
  [['fake', '--methods', 'none,gradiant'], "unknown method 'gradiant'; did you mean 'gradient'?"],
  [['fake', '--protocol', 'publishd'], "unknown protocol 'publishd'; did you mean 'published'?"],
  [['fake', '--backend', 'wsam'], "unknown backend 'wsam'; did you mean 'wasm'?"],
  [['fake', '--runs', '0'], 'Expected a whole number, 1 or more.'],
  [['fake', '--set', 'learningrate=1'], "unknown key 'learningrate'; did you mean 'learningRate'?"],
  [['fake', '--set', 'learningRate=fast'], "learningRate is 'fast'; expected a number"],
  [['fake', '--set', 'label=no data'], 'the data are not there'],
  [['table'], 'no finished runs in results'],
])('%j is refused before anything starts: %s', async (args, message) => {
  const { code, stdout, stderr } = await reproduce(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
});

test('refuses a results folder that cannot be written, before anything starts', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, stdout, stderr } = await reproduce('fake', '--results', 'file/results');
  expect(code).toBe(1);
  expect(stderr).toContain(`the results folder ${join(folder, 'file/results')} cannot be written`);
  expect(stdout).toBe('');
});

test('a log that cannot grow stops everything, its earlier lines intact', async () => {
  // The limit on a file's size, in units of 1 KiB, stands in for a full disk.
  const { code, stderr } = await run('bash', [
    ...['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, main],
    ...['fake', '--methods', 'none', '--runs', '1', '--epochs', '100', '--protocol', 'published'],
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain('EFBIG');
  const lines = readFileSync(join(folder, 'results/fake/published/none/run-00.jsonl'), 'utf8').split('\n');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
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

test.each(['polite', 'deaf'])(
  'Ctrl-C keeps the finished runs, does not count a %s one, says how to go on and ends with code 130',
  async (method) => {
    const args = [
      'fake',
      '--methods',
      `none,${method}`,
      '--runs',
      '1',
      '--protocol',
      'published',
      '--workers',
      '2',
    ];
    const { code, stderr } = await run(process.execPath, [main, ...args], (stdout) => {
      const begun = findLogs(join(folder, 'results')).unfinished.some(({ path }) => path.includes(method));
      return begun && stdout.includes('[1/2]');
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped by SIGINT. 1 of 2 runs are done, logged in results.');
    expect(stderr).toContain('The same command goes on from here.');
    const { complete, unfinished } = findLogs(join(folder, 'results'));
    expect(complete.map(({ header }) => header.method)).toEqual(['none']);
    expect(unfinished).toEqual([
      { path: join('fake', 'published', method, 'run-00.jsonl'), reason: 'it has no end line' },
    ]);
  },
);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const reproduce = (...args: string[]): Promise<Ended> => run(process.execPath, [main, ...args]);

/** @param interruptWhen - looked at until it holds; then the process gets a SIGINT. */
function run(
  program: string,
  args: readonly string[],
  interruptWhen: (stdout: string) => boolean = () => false,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const timer = setInterval(() => {
      if (!interruptWhen(stdout)) return;
      clearInterval(timer);
      child.kill('SIGINT');
    }, 50);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
