import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { authorsMethods, authorsRuns, readAuthorsLogs } from './authors-logs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authors-logs-'));
});

const runOf = (...accuracies: number[]) =>
  JSON.stringify({
    version: 1,
    results: accuracies.map((accuracy, epoch) => ({ epoch, accuracy, lambda1: epoch - 0.25, temp: 1 })),
  });
const write = (name: string, ...lines: string[]) =>
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);

test('the last accuracies of the runs of a file are kept, and how often metaparameters are outside their bounds', () => {
  write('exp33_opt.jsonl', runOf(0.1, 0.5), runOf(0.1, 0.2, 0.6));
  write('notes.jsonl', 'not a run');
  expect(readAuthorsLogs(folder)).toEqual({
    exp33_opt: { accuracies: [0.5, 0.6], evaluations: 5, outside: 3, farthest: 0.75 },
  });
});

test('methods are called as ours, and files of one method are taken together', () => {
  write('exp33_nodistil.jsonl', runOf(0.4));
  write('exp33_opt.jsonl', runOf(0.5));
  write('exp33_splines_2_1000.jsonl', runOf(0.6));
  write('exp33_splines_3_10.jsonl', runOf(0.7));
  write('exp20_full_cifar__splines.jsonl', runOf(0.7));
  write('exp10_full_cifar__splines.jsonl', runOf(0.8));
  write('exp11_full_cifar__hyperopt.jsonl', runOf(0.65));
  write('synthetic_exp8_splines_esize_100_period_2.jsonl', runOf(0.75));
  expect(authorsMethods(readAuthorsLogs(folder))).toEqual({
    'cifar10-small': {
      none: { accuracies: [0.4], files: ['exp33_nodistil'] },
      gradient: { accuracies: [0.5, 0.6], files: ['exp33_opt', 'exp33_splines_2_1000'] },
      'trajectory-10x3': { accuracies: [0.7], files: ['exp33_splines_3_10'] },
    },
    cifar10: {
      tpe: { accuracies: [0.65], files: ['exp11_full_cifar__hyperopt'] },
      'trajectory-10x2': { accuracies: [0.7], files: ['exp20_full_cifar__splines'] },
    },
    synthetic: {
      'trajectory-100x2': { accuracies: [0.75], files: ['synthetic_exp8_splines_esize_100_period_2'] },
    },
  });
});

test('a folder without them, and a line that is not a run, are refused', () => {
  expect(() => readAuthorsLogs(join(folder, 'missing'))).toThrow(/has none of the authors' logs/);
  write('exp33_opt.jsonl', runOf(0.5), '{"results": []}');
  expect(() => readAuthorsLogs(folder)).toThrow('exp33_opt.jsonl, line 2 is not a run');
});

// Blocks are counted within an epoch. Ends of epochs are logged, so that the last block of an epoch tells a schedule:
// after a gradient the metaparameters are clipped to their bounds, after predictions they are not.
describe('which schedule a log is of', () => {
  const lastBlock = (iterations: number, e1: number) => Math.floor((iterations - 1) / e1);

  test('reduced CIFAR-10 ends its epochs with a gradient under (10, 2), and with predictions under (10, 3) and (10, 10)', () => {
    expect([2, 3, 10].map((period) => lastBlock(90, 10) % period)).toEqual([0, 2, 8]);
    expect(authorsRuns.exp33_splines_2_10).toMatchObject({ evaluations: 220, outside: 0 });
    expect(authorsRuns.exp33_splines_3_10).toMatchObject({
      evaluations: 110,
      outside: 26,
      farthest: 0.02755,
    });
    expect(authorsRuns.exp33_splines_10_10).toMatchObject({
      evaluations: 110,
      outside: 55,
      farthest: 0.12882,
    });
  });

  test('exp33_splines is (10, 10): it is as far outside as that, which (10, 2) cannot be', () => {
    expect(authorsRuns.exp33_splines).toMatchObject({ evaluations: 110, outside: 48, farthest: 0.1687 });
  });

  test('blocks of 100 iterations and more predict nothing in an epoch of 90', () => {
    expect([100, 1000, 2000].map((e1) => lastBlock(90, e1))).toEqual([0, 0, 0]);
    for (const file of ['exp33_splines_2_100', 'exp33_splines_2_1000', 'exp33_splines_2_2000']) {
      expect(authorsRuns[file]).toMatchObject({ evaluations: 110, outside: 0 });
    }
  });

  test('Fashion-MNIST ends its epochs with a gradient under (10, 2), and is never outside', () => {
    expect(lastBlock(Math.ceil((0.9 * 60_000) / 128), 10) % 2).toBe(0);
    expect(authorsRuns.exp4_full_fmnist__splines).toMatchObject({ evaluations: 110, outside: 0 });
  });

  test('CIFAR-10 ends its epochs with two predictions under (10, 2), and is hardly outside; under (10, 10) they were 52', () => {
    const iterations = Math.ceil((0.9 * 50_000) / 128);
    expect(iterations - 10 * lastBlock(iterations, 10)).toBe(2);
    expect(lastBlock(iterations, 10) % 2).toBe(1);
    expect(authorsRuns.exp20_full_cifar__splines).toMatchObject({ evaluations: 210, outside: 19 });
    expect(authorsRuns.exp20_full_cifar__splines!.farthest).toBeLessThan(0.0005);
  });
});

const theirs = process.env.METADISTILL_AUTHORS_LOGS;
test.skipIf(theirs === undefined)('what is committed is what the logs say', async () => {
  await expect(`${JSON.stringify(readAuthorsLogs(theirs!), null, 1)}\n`).toMatchFileSnapshot(
    fileURLToPath(new URL('./authors-runs.json', import.meta.url)),
  );
});

test('every committed file is used, and the table of the paper has all of its methods', () => {
  const methods = authorsMethods(authorsRuns);
  for (const experiment of ['synthetic', 'fashion-mnist', 'cifar10-small', 'cifar10']) {
    expect(Object.keys(methods[experiment] ?? {}), experiment).toEqual(
      expect.arrayContaining(['none', 'naive', 'random', 'gradient', 'trajectory-10x2', 'tpe']),
    );
  }
});
