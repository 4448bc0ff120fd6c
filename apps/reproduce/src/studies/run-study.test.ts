import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Progress } from '../terminal/progress.js';
import { runStudy } from './run-study.js';
import type { Study } from './study.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'study-'));
});

const silent: Progress = { note: () => {}, update: () => {}, finish: () => {}, stop: () => {} };

/** A study of two parts, which notes what it computes; the second part may be interrupted. */
function fakeStudy(computed: string[], abortInSecond?: AbortController): Study {
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
            if (name === 'second') abortInSecond?.abort('SIGINT');
            signal.throwIfAborted();
            computed.push(name);
            return [{ start: 0, accuracy: 0.5 }];
          },
        })),
      render: (records) => ({
        'README.md': `${records('nested/first').length + records('second').length}\n`,
      }),
    }),
  };
}

const run = (
  study: Study,
  { starts = 2, fresh = false, signal = new AbortController().signal }: Partial<Options> = {},
) => runStudy(study, { starts, folder, fresh, signal, progress: () => silent });
type Options = { starts: number; fresh: boolean; signal: AbortSignal };

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
