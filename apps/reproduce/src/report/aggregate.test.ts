import { expect, test } from 'vitest';
import { fakeLog } from '../../test/fake-log.js';
import { aggregate } from './aggregate.js';

const alphabetical = () => 0;

test('a row summarizes the last evaluations of its runs', () => {
  const [row, ...others] = aggregate(
    [
      fakeLog({ run: 0 }, { testAccuracy: 0.7, forwardEquivalents: 80 }, 2),
      fakeLog({ run: 1 }, { testAccuracy: 0.8, forwardEquivalents: 80 }, 4),
    ],
    alphabetical,
  );
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    experiment: 'synthetic',
    protocol: 'published',
    method: 'gradient',
    runs: 2,
    maxAccuracy: 0.8,
    paperMean: 0.77,
    paperMax: 0.78,
    secondsPerRun: 3,
    logs: 'synthetic/published/gradient',
  });
  expect(row?.meanAccuracy).toBeCloseTo(0.75, 12);
  // Population: sqrt((0.05^2 + 0.05^2) / 2), where the sample's would be 0.0707.
  expect(row?.stdAccuracy).toBeCloseTo(0.05, 12);
  // 80 forward passes where 10 plain iterations take 30.
  expect(row?.costMultiple).toBeCloseTo(80 / 30, 12);
});

test('a method or experiment that the paper does not have has no paper column', () => {
  for (const header of [{ method: 'every-k' }, { experiment: 'smoke' }]) {
    expect(aggregate([fakeLog(header)], alphabetical)[0]).toMatchObject({ paperMean: null, paperMax: null });
  }
});

test('runs with different configurations are not averaged', () => {
  const rows = aggregate(
    [fakeLog({ configHash: 'abc' }), fakeLog({ run: 1, configHash: 'def' })],
    alphabetical,
  );
  expect(rows.map(({ runs, configHash }) => [runs, configHash])).toEqual([
    [1, 'abc'],
    [1, 'def'],
  ]);
});

test('rows come by experiment, the published protocol first, in the order of methods', () => {
  const order = ['none', 'gradient'];
  const rows = aggregate(
    [
      fakeLog({ protocol: 'corrected', method: 'none' }),
      fakeLog({ method: 'trajectory-100x2' }),
      fakeLog({ method: 'trajectory-10x2' }),
      fakeLog({ method: 'gradient' }),
      fakeLog({ method: 'none' }),
      fakeLog({ experiment: 'cifar10', method: 'gradient' }),
    ],
    (_, method) => (order.includes(method) ? order.indexOf(method) : 9),
  );
  expect(rows.map(({ logs }) => logs)).toEqual([
    'cifar10/published/gradient',
    'synthetic/published/none',
    'synthetic/published/gradient',
    'synthetic/published/trajectory-10x2',
    'synthetic/published/trajectory-100x2',
    'synthetic/corrected/none',
  ]);
});

const fiveRuns = (method: string, accuracies: readonly number[], firstRun = 0) =>
  accuracies.map((testAccuracy, index) => fakeLog({ method, run: firstRun + index }, { testAccuracy }));

test('a difference is to the run of the same number of the baseline', () => {
  const none = fiveRuns('none', [0.5, 0.6, 0.7, 0.8, 0.4]);
  // Larger by 0.01 in every pair; the means over all runs differ by more.
  const gradient = fiveRuns('gradient', [0.41, 0.51, 0.61, 0.71, 0.81, 0.9]).map((log, k) => ({
    ...log,
    header: { ...log.header, run: [4, 0, 1, 2, 3, 7][k] as number },
  }));
  const rows = aggregate([...none, ...gradient], alphabetical);
  const row = rows.find(({ method }) => method === 'gradient');
  expect(row?.baseline).toBe('none');
  for (const value of [row?.difference, row?.differenceLow, row?.differenceHigh]) {
    expect(value).toBeCloseTo(0.01, 12);
  }
  expect(rows.find(({ method }) => method === 'none')?.difference).toBeNull();
  const turned = aggregate([...none, ...gradient], alphabetical, { baseline: 'gradient' });
  expect(turned.find(({ method }) => method === 'none')?.difference).toBeCloseTo(-0.01, 12);
});

test.each([
  ['runs of other numbers', fiveRuns('none', [0.5, 0.5, 0.5, 0.5, 0.5], 5)],
  ['too few of the same number', fiveRuns('none', [0.5, 0.5, 0.5, 0.5, 0.5], 1)],
  ['another configuration', fiveRuns('none', [0.5, 0.5, 0.5, 0.5, 0.5]).map(withHash)],
])('there is no difference where the baseline has %s', (_, none) => {
  const rows = aggregate([...none, ...fiveRuns('gradient', [0.6, 0.6, 0.6, 0.6, 0.6])], alphabetical);
  expect(rows.find(({ method }) => method === 'gradient')).toMatchObject({
    difference: null,
    differenceLow: null,
    differenceHigh: null,
  });
});

test('further metrics are averaged where every run has them', () => {
  const [row] = aggregate(
    [
      fakeLog({ run: 0 }, { testLoss: 1, testBrierScore: 0.2, validationTeacherAgreement: 0.7 }),
      fakeLog({ run: 1 }, { testLoss: 2, testBrierScore: 0.4 }),
    ],
    alphabetical,
  );
  expect(row?.means).toEqual({
    testLoss: 1.5,
    validationLoss: null,
    testExpectedCalibrationError: null,
    testBrierScore: expect.closeTo(0.3, 12),
    testTop5Accuracy: null,
    validationTeacherAgreement: null,
    validationTeacherKL: null,
  });
});

test("the authors' mean of the same experiment and method stands beside ours", () => {
  const authors = { synthetic: { gradient: { accuracies: [0.75, 0.79], files: ['exp8_opt'] } } };
  const rows = aggregate([fakeLog(), fakeLog({ method: 'none' })], alphabetical, { authors });
  expect(rows.map(({ method, authorsMean }) => [method, authorsMean])).toEqual([
    ['gradient', 0.77],
    ['none', null],
  ]);
});

function withHash(log: ReturnType<typeof fakeLog>) {
  return { ...log, header: { ...log.header, configHash: 'def' } };
}
