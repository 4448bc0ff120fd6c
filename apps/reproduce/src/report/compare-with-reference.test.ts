import { expect, test } from 'vitest';
import { fakeLog } from '../../test/fake-log.js';
import type { UnusableLog } from '../logs/find-logs.js';
import type { CompleteLog } from '../logs/log.js';
import { type Comparison, compareWithReference } from './compare-with-reference.js';
import { renderComparison } from './render-comparison.js';

const versions = { node: '22.1.0' };

const compare = (logs: CompleteLog[], complete: CompleteLog[], unfinished: UnusableLog[] = []): Comparison =>
  compareWithReference(logs, { complete, unfinished });

test('runs with the same numbers are equal, whenever and wherever they were computed', () => {
  const here = fakeLog({ versions, cores: 64 }, { seconds: 9 }, 9);
  const comparison = compare([here, fakeLog({ run: 1 })], [fakeLog(), fakeLog({ run: 1 })]);
  expect(comparison).toEqual({ equal: 2, differing: [], reconfigured: 0, unusable: [], missing: 0 });
  expect(renderComparison(comparison, 'results')).toBe(
    '2 of 2 runs equal the committed reference in results bit for bit: every accuracy, loss and metaparameter of every ' +
      'evaluation.',
  );
});

test('the smallest difference of any number of any evaluation makes a run differ', () => {
  const changes = {
    testAccuracy: 0.1 + 2 ** -54,
    testLoss: 1,
    temperature: 2 + 2 ** -51,
    forwardEquivalents: 31,
  };
  for (const [key, value] of Object.entries(changes)) {
    const { equal, differing } = compare([fakeLog({}, { [key]: value })], [fakeLog()]);
    expect([key, equal, differing.map(({ largest }) => largest.key)]).toEqual([key, 0, [key]]);
  }
  const changed = fakeLog();
  const [first, last] = changed.evaluations as [object, object];
  const early = { ...changed, evaluations: [{ ...first, temperature: 3 }, last] } as typeof changed;
  expect(compare([early], [fakeLog()]).differing).toMatchObject([{ firstEpoch: 0, accuracy: 0 }]);
});

test('a run that differs is reported with its first epoch, its accuracy, its largest difference and why', () => {
  const comparison = compare(
    [
      fakeLog({ run: 3, versions }, { testAccuracy: 0.105, testLoss: 2.25, temperature: 2.5 }),
      fakeLog({ run: 4 }, { temperature: 2.125 }),
      fakeLog({ run: 5 }),
    ],
    [3, 4, 5].map((run) => fakeLog({ run }, { testLoss: run === 3 ? 2 : null })),
  );
  expect(comparison.differing).toMatchObject([
    {
      log: 'synthetic/published/gradient/run-03.jsonl',
      firstEpoch: 9,
      largest: { key: 'temperature', epoch: 9, difference: 0.5 },
      circumstances: ['node is 22.1.0, not 20.19.0'],
    },
    { log: 'synthetic/published/gradient/run-04.jsonl', accuracy: 0, circumstances: [] },
  ]);
  const text = renderComparison(comparison, 'results');
  expect(text).toContain('1 of 3 runs equal the committed reference in results bit for bit, 2 differ');
  expect(text).toMatch(
    /^\| synthetic\/published\/gradient\/run-03\.jsonl \| +\+0\.0050 \| +9 \| temperature by 0\.50 at epoch 9 \|$/m,
  );
  expect(text).toMatch(/^\| synthetic\/published\/gradient\/run-04\.jsonl \| +\+0\.0000 \|/m);
  expect(text).toContain('\nHere node is 22.1.0, not 20.19.0.');
});

test('an evaluation that is missing, or a loss that is no number on one side, is a difference', () => {
  const { evaluations, ...log } = fakeLog();
  const short = { ...log, evaluations: evaluations.slice(0, 1) };
  const [missing] = compare([short], [fakeLog()]).differing;
  expect(missing?.largest.difference).toBe(Number.POSITIVE_INFINITY);
  const comparison = compare([fakeLog()], [fakeLog({}, { testLoss: 1 })]);
  expect(renderComparison(comparison, 'results')).toContain('testLoss by a value that only one of them has');
});

test('numbers that the first logs lack are not compared', () => {
  const newer = fakeLog({}, { testBrierScore: 0.5 });
  expect(compare([newer], [fakeLog()])).toMatchObject({ equal: 1 });
  expect(compare([fakeLog()], [newer])).toMatchObject({ equal: 0 });
});

test('a run that is not compared is told by why: no log, another configuration, a log that does not count', () => {
  const path = (run: number) => `synthetic/published/gradient/run-0${run}.jsonl`;
  const logs = [0, 1, 2, 3, 4].map((run) => fakeLog({ run }));
  const comparison = compare(
    logs,
    [fakeLog(), fakeLog({ run: 1, configHash: 'other' })],
    [
      { path: path(2), reason: 'it has no header', damaged: true },
      { path: path(3), reason: 'it has no end line', damaged: false },
      { path: path(9), reason: 'nobody asked for it', damaged: true },
    ],
  );
  expect(comparison).toMatchObject({ equal: 1, differing: [], reconfigured: 1, missing: 1 });
  expect(renderComparison(comparison, 'results').split('\n').slice(1)).toEqual([
    'Not compared: 1, which the reference lacks.',
    'Not compared: 1, which the reference has with another configuration.',
    'Not compared: 2, whose log in the reference does not count:',
    `  results/${path(2)} is damaged: it has no header.`,
    `  results/${path(3)} is unfinished: it has no end line.`,
    'Restore the reference, such as by `git restore results`.',
  ]);
  expect(renderComparison({ ...comparison, equal: 0 }, 'results')).toMatch(/^No run could be compared/);
});

test('many differing runs are listed by their accuracy as far as they fit, and the rest is counted', () => {
  const runs = Array.from({ length: 25 }, (_, run) => run);
  const comparison = compare(
    runs.map((run) => fakeLog({ run }, { testAccuracy: 0.1 + run / 1000 + 1e-6 })),
    runs.map((run) => fakeLog({ run })),
  );
  const text = renderComparison(comparison, 'results');
  expect(text.match(/^\| synthetic/gm)).toHaveLength(20);
  expect(text).toMatch(/^\| run .*\n.*\n\| synthetic\/published\/gradient\/run-24/m);
  expect(text).toContain('and 5 more');
  expect(text).toContain('Versions and backend are those of the reference');
});
