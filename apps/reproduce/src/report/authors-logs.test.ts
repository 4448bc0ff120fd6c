import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readAuthorsLogs } from './authors-logs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authors-logs-'));
});

const runOf = (...accuracies: number[]) =>
  JSON.stringify({
    version: 1,
    results: accuracies.map((accuracy, epoch) => ({ epoch, accuracy, temp: 1 })),
  });
const write = (name: string, ...lines: string[]) =>
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);

test('the last accuracies of the runs of a file are averaged, by our names', () => {
  write('exp33_opt.jsonl', runOf(0.1, 0.5), runOf(0.1, 0.2, 0.6));
  write('exp33_nodistil.jsonl', runOf(0.4));
  write('exp20_full_cifar__splines.jsonl', runOf(0.7));
  write('exp11_full_cifar__hyperopt.jsonl', runOf(0.65));
  write('synthetic_exp8_splines_esize_100_period_2.jsonl', runOf(0.75));
  write('exp33_splines_2_100.jsonl', runOf(0.9));
  write('notes.jsonl', 'not a run');
  const means = readAuthorsLogs(folder);
  expect(means).toEqual({
    'cifar10-small': { gradient: expect.closeTo(0.55, 12), none: 0.4 },
    cifar10: { 'trajectory-10x2': 0.7, tpe: 0.65 },
    synthetic: { 'trajectory-100x2': 0.75 },
  });
});

test('a folder without them, and a line that is not a run, are refused', () => {
  expect(() => readAuthorsLogs(join(folder, 'missing'))).toThrow(/has none of the authors' logs/);
  write('exp33_opt.jsonl', runOf(0.5), '{"results": []}');
  expect(() => readAuthorsLogs(folder)).toThrow('exp33_opt.jsonl, line 2 is not a run');
});
