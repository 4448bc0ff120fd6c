import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { readMutants } from '../reliability/read-mutants.js';
import { buildFakes } from './build-fakes.js';
import { runProcess } from './run-process.js';

const killRuns = fileURLToPath(new URL('../reliability/kill-runs.js', import.meta.url));
let main: string;

beforeAll(async () => {
  ({ main } = await buildFakes('reliability-test'));
});

test('no mutant of a log, a snapshot or a study part is read as something else, or breaks its reader', () => {
  for (const report of readMutants({ mutants: 300, seed: 2 })) {
    expect(report).toMatchObject({ acceptedChanged: 0, foreignErrors: [] });
    expect(report.refused + report.unchanged).toBe(300);
    expect(report.slowestMs).toBeLessThan(2000);
  }
});

// The scripts take their full size; here with runs that save a snapshot every 100 ms.
test.each([1, 3])(
  'runs that %i processes share, killed at random, equal those of one that was not',
  async (processes) => {
    const { stdout, stderr } = await runProcess(
      process.execPath,
      [
        ...[
          killRuns,
          '--main',
          main,
          '--processes',
          `${processes}`,
          '--kills',
          '4',
          '--longest',
          '1500',
          '--',
        ],
        ...['fake', '--methods', 'steady', '--protocol', 'published', '--runs', '6', '--epochs', '8'],
      ],
      process.cwd(),
    );
    expect(stderr).toBe('');
    const { killed, counted, ...report } = JSON.parse(stdout);
    expect(report).toMatchObject({
      runs: 6,
      finished: 6,
      differing: [],
      errors: [],
      tables: 1,
      leftBehind: [],
    });
    expect(killed).toBeGreaterThan(0);
    expect(new Set(counted)).toEqual(new Set(['6']));
  },
);
