import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildFakes } from '../../test/build-fakes.js';
import { fakeEnvironment } from '../../test/fake-environment.js';
import { fakeAccuracy } from '../../test/fake-experiment.js';
import { runHere } from '../../test/run-here.js';
import { runProcess } from '../../test/run-process.js';
import { findLogs } from '../logs/find-logs.js';
import { lockFile } from '../logs/lock-file.js';
import { readLog } from '../logs/log.js';

let main: string;
let workerFile: URL;
let folder: string;

beforeAll(async () => {
  ({ main, workerFile } = await buildFakes('run-experiment-test'));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
});

const reproduce = (...args: string[]) =>
  runHere(
    [...args, ...(args.includes('--workers') ? [] : ['--workers', '1'])],
    fakeEnvironment(folder, workerFile),
  );

test('runs every method of every protocol, logs the runs and prints the table', async () => {
  const { code, stdout } = await reproduce('fake', '--workers', '2');
  expect(code).toBe(0);
  expect(stdout).toContain('[8/8]');
  expect(stdout).toMatch(/8 of 8 runs are done, logged in runs, in \d\.\d s\.\n/);
  expect(stdout).toContain('fake, published protocol');
  expect(stdout).toContain('Logs: runs/fake/corrected/<method>/run-<NN>.jsonl');
  const { complete, unfinished } = findLogs(join(folder, 'runs'));
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
  const first = join(folder, 'runs/fake/published/none/run-00.jsonl');
  const second = join(folder, 'runs/fake/published/none/run-01.jsonl');
  const [before, whole] = [readFileSync(first, 'utf8'), readFileSync(second, 'utf8')];
  writeFileSync(second, whole.slice(0, -10));
  const { code, stdout } = await reproduce('fake', '--protocol', 'published');
  expect(code).toBe(0);
  expect(stdout).toContain('1 of 4 runs to do');
  expect(readFileSync(first, 'utf8')).toBe(before);
  expect(findLogs(join(folder, 'runs')).complete).toHaveLength(4);
  const again = await reproduce('fake', '--protocol', 'published');
  expect(again.stdout).toContain(
    'fake: the logs of all 4 runs are in runs already. --fresh computes them again',
  );
  expect(again.stdout).toContain('fake, published protocol');
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
  expect(findLogs(join(folder, 'runs')).complete.map(({ header }) => header.method)).toEqual(['gradient']);
});

test('prints a run that throws with its name, continues with the others, and ends with code 1', async () => {
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
  expect(findLogs(join(folder, 'runs')).complete.map(({ header }) => header.method)).toEqual([
    'none',
    'none',
  ]);
});

test('a run that was cut resumes from its snapshot if its log is as it was, and repeats no epoch before it', async () => {
  const lasting = ['fake', '--methods', 'lasting', '--protocol', 'published', '--runs', '1'];
  expect((await reproduce(...lasting)).code).toBe(1);
  const path = join(folder, 'runs/fake/published/lasting/run-00.jsonl');
  const begun = readFileSync(path, 'utf8');
  expect(begun.split('\n')).toHaveLength(4); // the header, two epochs
  writeFileSync(path, begun.replace('"name":"cpu"', '"name":"wasm"'));
  const changed = await reproduce(...lasting);
  expect(changed.code).toBe(1);
  expect(changed.stderr).toContain('run-00.jsonl is not as it was when its snapshot was written.');
  writeFileSync(path, begun);
  const otherwise = await reproduce(...lasting, '--epochs', '5');
  expect(otherwise.code).toBe(1);
  expect(otherwise.stderr).toContain('its configuration is another one: epochs is 3, not 5');
  expect((await reproduce(...lasting)).code).toBe(0);
  const [log] = findLogs(join(folder, 'runs')).complete;
  expect(log?.evaluations.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  expect(readFileSync(path, 'utf8').split('\n').slice(0, 2)).toEqual(begun.split('\n').slice(0, 2));
  expect(readdirSync(join(path, '..'))).toEqual(['run-00.jsonl']);
});

test('a run that was cut after its last epoch only ends, its last evaluations told though it threw at once', async () => {
  const unended = ['fake', '--methods', 'unended', '--protocol', 'published', '--runs', '1'];
  const cut = await reproduce(...unended);
  expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining('the end did not fit')]);
  const path = join(folder, 'runs/fake/published/unended/run-00.jsonl');
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5); // the header, three epochs
  expect((await reproduce(...unended)).code).toBe(0);
  const [log] = findLogs(join(folder, 'runs')).complete;
  expect(log?.evaluations.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
});

test('a snapshot without its log is refused before anything starts', async () => {
  const lasting = ['fake', '--methods', 'lasting,none', '--protocol', 'published', '--runs', '1'];
  await reproduce(...lasting);
  const none = join(folder, 'runs/fake/published/none/run-00.jsonl');
  rmSync(none);
  rmSync(join(folder, 'runs/fake/published/lasting/run-00.jsonl'));
  const refused = await reproduce(...lasting);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'run-00.jsonl has no header and none of the 1 evaluations of its snapshot. Replace the run with --fresh.',
  );
  expect(existsSync(none)).toBe(false);
});

test('a log of another version is not written over, unless told to', async () => {
  const none = ['fake', '--methods', 'none', '--protocol', 'published', '--runs', '1'];
  await reproduce(...none);
  const path = join(folder, 'runs/fake/published/none/run-00.jsonl');
  const later = readFileSync(path, 'utf8').replace('"schema":1', '"schema":2');
  writeFileSync(path, later);
  const refused = await reproduce(...none);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('run-00.jsonl is a log of version 2; expected 1. Name another folder'),
  ]);
  expect(readFileSync(path, 'utf8')).toBe(later);
  expect((await reproduce(...none, '--fresh')).code).toBe(0);
});

test('--fresh deletes nothing before it is known that all can be replaced', async () => {
  const none = ['fake', '--methods', 'none', '--protocol', 'published', '--runs', '3'];
  await reproduce(...none);
  const [first, second, third] = ['00', '01', '02'].map((run) =>
    join(folder, `runs/fake/published/none/run-${run}.jsonl`),
  );
  const kept = [first!, second!].map((path) => readFileSync(path, 'utf8'));
  rmSync(third!);
  for (const inTheWay of [third!, third!.replace('.jsonl', '.snapshot')]) {
    mkdirSync(inTheWay);
    const refused = await reproduce(...none, '--fresh');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(
        `--fresh: ${inTheWay} is a folder; expected a file to replace. Move it away, or name another folder`,
      ),
    ]);
    expect([first!, second!].map((path) => readFileSync(path, 'utf8'))).toEqual(kept);
    rmSync(inTheWay, { recursive: true });
  }
  // What is computed again may be equal to the last character.
  const written = statSync(first!).mtimeMs;
  expect((await reproduce(...none, '--fresh')).code).toBe(0);
  expect(statSync(first!).mtimeMs).toBeGreaterThan(written);
});

test('says nothing of progress if it is quiet', async () => {
  const { stdout, stderr } = await reproduce('fake', '--quiet');
  expect(stdout).toMatch(/^\n### fake, published protocol/);
  expect(stderr).toBe('');
});

test('a log that cannot grow stops everything, its earlier lines intact', async () => {
  // The limit on a file's size, in units of 1 KiB, stands in for a full disk.
  const { code, stderr } = await runProcess(
    'bash',
    [
      ...['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, main],
      ...['fake', '--methods', 'none', '--runs', '1', '--epochs', '100', '--protocol', 'published'],
    ],
    folder,
  );
  expect(code).toBe(1);
  expect(stderr).toContain('EFBIG');
  const lines = readFileSync(join(folder, 'runs/fake/published/none/run-00.jsonl'), 'utf8').split('\n');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
});

test('runs continue when the reader of the output has stopped', async () => {
  await runProcess('bash', ['-c', '"$0" "$@" | head -n 1', process.execPath, main, 'fake'], folder);
  expect(findLogs(join(folder, 'runs')).complete).toHaveLength(8);
});

test('a run whose engine breaks is resumed from its snapshot on a new thread, and the others compute as well', async () => {
  const { code, stdout } = await reproduce('fake', '--methods', 'trapped,none', '--protocol', 'published');
  expect(code).toBe(0);
  expect(stdout).toContain('fake published trapped run 00 is resumed on a new thread: the engine trapped.');
  const { complete, unfinished } = findLogs(join(folder, 'runs'));
  expect([complete.length, unfinished]).toEqual([4, []]);
  for (const { evaluations } of complete) expect(evaluations.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
});

test('a run whose engine breaks again and again fails, and the others compute', async () => {
  const { code, stdout, stderr } = await reproduce(
    ...['fake', '--methods', 'untenable,none', '--protocol', 'published', '--runs', '1'],
  );
  expect(code).toBe(1);
  expect(stderr).toContain('the engine trapped. It broke 3 times at the same place.');
  expect(stdout).toContain('1 of 2 runs are done');
});

test('a log at the path of another run is not counted, and not written over', async () => {
  await reproduce('fake', '--methods', 'none', '--protocol', 'published');
  const [first, second] = ['00', '01'].map((run) =>
    join(folder, `runs/fake/published/none/run-${run}.jsonl`),
  );
  copyFileSync(second!, first!);
  const refused = await reproduce('fake', '--methods', 'none', '--protocol', 'published');
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(
      'run-00.jsonl is the log of another run: fake/published/none/run-01.jsonl. Name another folder',
    ),
  ]);
  expect(readFileSync(first!, 'utf8')).toBe(readFileSync(second!, 'utf8'));
});

test('two processes on one folder share the runs, and both print the same table', async () => {
  const both = await Promise.all(
    [0, 1].map(() => runProcess(process.execPath, [main, 'fake', '--runs', '4', '--workers', '1'], folder)),
  );
  const tables = both.map(({ stdout }) => stdout.slice(stdout.indexOf('\n###'), stdout.indexOf('Logs: ')));
  expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(tables[0]).toContain('fake, published protocol');
  expect(tables[0]).toBe(tables[1]);
  for (const { stdout } of both) expect(stdout).toContain('16 of 16 runs are done');
  const { complete, unfinished } = findLogs(join(folder, 'runs'));
  expect([complete.length, unfinished]).toEqual([16, []]);
  expect(readdirSync(join(folder, 'runs/fake/published/none')).toSorted()).toEqual(
    [0, 1, 2, 3].map((run) => `run-0${run}.jsonl`),
  );
});

test('waits for a run that another process computes, and takes it over when that one dies', async () => {
  const path = join(folder, 'runs/fake/published/none/run-00.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  const lock = await lockFile(path);
  const owner = `${path}.owner.json`;
  const run = reproduce('fake', '--methods', 'none', '--protocol', 'published', '--fresh');
  const other = join(path, '../run-01.jsonl');
  await vi.waitUntil(() => existsSync(other) && !('unfinished' in readLog(other)), { timeout: 60_000 });
  await setTimeout(1000);
  expect(existsSync(path)).toBe(false);
  lock?.check();
  const gone = { ...JSON.parse(readFileSync(owner, 'utf8')), pid: 2 ** 22 + 1, token: 'x' };
  writeFileSync(owner, JSON.stringify(gone));
  const { code, stdout } = await run;
  expect(code).toBe(0);
  expect(stdout).toMatch(/Waiting for 1 runs that other processes compute\.\n/);
  expect(stdout).toContain(`Taking over ${path} from process ${2 ** 22 + 1}`);
  expect(findLogs(join(folder, 'runs')).complete).toHaveLength(2);
});
