import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { buildFakes } from '../../test/build-fakes.js';
import { runProcess } from '../../test/run-process.js';
import { findLogs } from '../logs/find-logs.js';

let main: string;
let folder: string;

beforeAll(async () => {
  ({ main } = await buildFakes('stop-test'));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
});

test.each(['polite', 'deaf'])(
  'Ctrl-C keeps the finished runs, does not count a %s one, says how to resume and ends with code 130',
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
    const { code, stderr } = await runProcess(process.execPath, [main, ...args], folder, (stdout) => {
      const begun = findLogs(join(folder, 'runs')).unfinished.some(({ path }) => path.includes(method));
      return begun && stdout.includes('[1/2]');
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped by SIGINT. 1 of 2 runs are done, logged in runs.');
    expect(stderr).toContain('The same command resumes from here.');
    const { complete, unfinished } = findLogs(join(folder, 'runs'));
    expect(complete.map(({ header }) => header.method)).toEqual(['none']);
    expect(unfinished).toEqual([
      {
        path: join('fake', 'published', method, 'run-00.jsonl'),
        reason: 'it has no end line',
        damaged: false,
      },
    ]);
  },
);

test('a stopped command with --fresh leaves none of the runs that it was to replace', async () => {
  const args = ['fake', '--methods', 'none,deaf', '--runs', '1', '--protocol', 'published', '--workers', '1'];
  const first = await runProcess(process.execPath, [main, ...args.with(2, 'none')], folder);
  expect(first.code).toBe(0);
  const { code, stderr } = await runProcess(
    process.execPath,
    [main, ...args.with(2, 'deaf,none'), '--fresh'],
    folder,
    (stdout) => stdout.includes('backend'),
  );
  expect(code).toBe(130);
  expect(stderr).toContain('The same command without --fresh resumes from here.');
  expect(findLogs(join(folder, 'runs')).complete).toEqual([]);
});
