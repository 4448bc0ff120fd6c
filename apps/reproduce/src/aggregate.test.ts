import { expect, test } from 'vitest';
import { aggregate } from './aggregate.js';
import { fakeLog } from './testing/fake-log.js';

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
  const rows = aggregate([fakeLog({ run: 0 }), fakeLog({ run: 1, configHash: 'def' })], alphabetical);
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
