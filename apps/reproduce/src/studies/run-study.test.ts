import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { lockFile } from '../logs/lock-file.js';
import type { Progress } from '../terminal/progress.js';
import { runStudy } from './run-study.js';
import type { Study, StudyOptions, StudyPart } from './study.js';
import { makePartFolder, partPath, readPart, writePart } from './study-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'study-'));
});

const silent: Progress = { note: () => {}, update: () => {}, finish: () => {}, stop: () => {} };

/** A study of two parts, which notes what it computes; the second part may be interrupted. */
function fakeStudy(
  computed: string[],
  abortInSecond?: AbortController,
  { rendersPartially = false, beforeFirst = () => {} } = {},
): Study {
  return {
    name: 'fake',
    description: 'a study without trainings',
    starts: 2,
    load: async () => ({
      parts: (starts) =>
        ['nested/first', 'second'].map((name) => ({
          name,
          config: { starts, seeds: [1, 2] },
          async compute({ signal }) {
            if (name === 'nested/first') beforeFirst();
            if (name === 'second') abortInSecond?.abort('SIGINT');
            signal.throwIfAborted();
            computed.push(name);
            return [{ start: 0, accuracy: 0.5 }];
          },
        })),
      rendersPartially,
      render: (records) => ({
        'README.md': `${records('nested/first').length + records('second').length}\n`,
      }),
    }),
  };
}

const run = (
  study: Study,
  { starts = 2, fresh = false, signal = new AbortController().signal, ...rest }: Partial<StudyOptions> = {},
) => runStudy(study, { starts, folder, fresh, signal, progress: () => silent, ...rest });

test('computes what is not logged, and writes the report from the logs', async () => {
  const computed: string[] = [];
  expect(await run(fakeStudy(computed))).toEqual({ 'README.md': '2\n' });
  await run(fakeStudy(computed));
  expect(computed).toEqual(['nested/first', 'second']);
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('2\n');
  const [header, record] = readFileSync(join(folder, 'nested/first.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(header!)).toMatchObject({ kind: 'study', part: 'nested/first', config: { starts: 2 } });
  expect(JSON.parse(record!)).toEqual({ start: 0, accuracy: 0.5 });
});

test('resumes after an interruption with the parts that are missing', async () => {
  const computed: string[] = [];
  const controller = new AbortController();
  const interrupted = run(fakeStudy(computed, controller), { signal: controller.signal });
  await expect(interrupted).rejects.toBe('SIGINT');
  expect(existsSync(join(folder, 'README.md'))).toBe(false);
  await run(fakeStudy(computed));
  expect(computed).toEqual(['nested/first', 'second']);
});

test('refuses logs of another configuration and damaged ones, unless all is to be fresh', async () => {
  const computed: string[] = [];
  await run(fakeStudy(computed));
  await expect(run(fakeStudy(computed), { starts: 3 })).rejects.toThrow(
    'first.jsonl has another configuration: starts is 2, not 3. Name another folder with --results',
  );
  writeFileSync(join(folder, 'second.jsonl'), 'not a log\n');
  await expect(run(fakeStudy(computed))).rejects.toThrow('second.jsonl is not a log of a study of this');
  await run(fakeStudy(computed), { starts: 3, fresh: true });
  expect(computed).toHaveLength(4);
});

test('computes chosen parts alone, and reports from some if the study can', async () => {
  const computed: string[] = [];
  expect(await run(fakeStudy(computed), { only: ['second'] })).toEqual({});
  expect(existsSync(join(folder, 'README.md'))).toBe(false);
  const partial = fakeStudy(computed, undefined, { rendersPartially: true });
  expect(await run(partial, { reportOnly: true })).toEqual({ 'README.md': '1\n' });
  expect(computed).toEqual(['second']);
  expect(await run(partial, { only: ['nested'] })).toEqual({ 'README.md': '2\n' });
  await run(partial, { only: ['*/first'], fresh: true });
  expect(computed).toEqual(['second', 'nested/first', 'nested/first']);
  await expect(run(partial, { only: ['nest'] })).rejects.toThrow(
    "--only: no part is called 'nest'; expected",
  );
});

test('reads what another process has logged meanwhile', async () => {
  const computed: string[] = [];
  const { parts } = await fakeStudy([]).load();
  const second = parts(2)[1]!;
  const beforeFirst = () => writePart(folder, second, [{ start: 0 }, { start: 1 }]);
  expect(await run(fakeStudy(computed, undefined, { beforeFirst }))).toEqual({ 'README.md': '3\n' });
  expect(computed).toEqual(['nested/first']);
  expect(readPart(folder, second)).toHaveLength(2);
});

test('several processes on one folder share the parts, write the same report, and leave no lock', async () => {
  const computed: string[] = [];
  const reports = await Promise.all([0, 1, 2].map(() => run(fakeStudy(computed))));
  expect(reports).toEqual(Array(3).fill({ 'README.md': '2\n' }));
  expect(computed.toSorted()).toEqual(['nested/first', 'second']);
  expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([
    'README.md',
    'nested',
    'nested/first.jsonl',
    'second.jsonl',
  ]);
});

test('what a part needs of another that a process computes elsewhere is waited for', async () => {
  const study: Study = {
    ...fakeStudy([]),
    load: async () => ({
      parts: () => [
        { name: 'first', config: {}, compute: async () => [{ start: 0 }] },
        { name: 'second', config: {}, compute: async ({ records }) => [...records('first'), { start: 1 }] },
      ],
      render: (records) => ({ 'README.md': `${records('second').length}\n` }),
    }),
  };
  const [first] = (await study.load()).parts(1);
  mkdirSync(folder, { recursive: true });
  const lock = await lockFile(partPath(folder, first!));
  const report = run(study);
  await setTimeout(700);
  expect(readdirSync(folder)).not.toContain('second.jsonl');
  writePart(folder, first!, [{ start: 0 }]);
  await lock?.release();
  expect(await report).toEqual({ 'README.md': '2\n' });
});

const aPart: StudyPart = { name: 'nested/part', config: { starts: 1 }, compute: async () => [] };

test('no part is read of which a bit has changed, or a line is missing', () => {
  makePartFolder(folder, aPart);
  writePart(folder, aPart, [
    { start: 0, accuracy: 0.5 },
    { start: 1, accuracy: 0.75 },
  ]);
  const path = partPath(folder, aPart);
  const whole = readFileSync(path);
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const changed = Buffer.from(whole);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, changed);
    expect(() => readPart(folder, aPart), `bit ${bit}`).toThrow(`${path} `);
  }
  const lines = whole.toString().split('\n');
  for (let i = 0; i < lines.length - 1; i++) {
    writeFileSync(path, lines.toSpliced(i, 1).join('\n'));
    expect(() => readPart(folder, aPart), `line ${i}`).toThrow(`${path} `);
  }
});

test('a part of the version before, which has no end line, is read; at the path of another part it is not', () => {
  makePartFolder(folder, aPart);
  const header = { kind: 'study', schema: 1, part: aPart.name, config: aPart.config, versions: {} };
  const lines = [header, { start: 0 }].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(partPath(folder, aPart), lines.join(''));
  expect(readPart(folder, aPart)).toEqual([{ start: 0 }]);
  expect(() => readPart(join(folder, 'nested'), { ...aPart, name: 'part' })).toThrow(
    'part.jsonl is the log of another part: nested/part. Name another folder',
  );
});
