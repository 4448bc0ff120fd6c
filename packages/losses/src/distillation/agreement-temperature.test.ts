import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementTemperature } from './agreement-temperature.js';

const logitsOf = (rows: readonly (readonly number[])[]) => ({
  values: rows.flat(),
  examples: rows.length,
  classes: rows[0]!.length,
});

test('of two classes it is the gap over the log odds', () => {
  const temperature = agreementTemperature({
    teacherLogits: logitsOf([
      [6, 0],
      [0, 6],
    ]),
    topProbability: 0.75,
  });
  expect(temperature).toBeCloseTo(6 / Math.log(3), 6);
});

test('scales with the logits', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 100, noNaN: true }), (scale) => {
      const rows = [
        [5, 1, 0, -2],
        [0, 3, 2.5, 1],
        [1, 0, 9, 3],
      ];
      const scaled = rows.map((row) => row.map((z) => z * scale));
      const one = agreementTemperature({ teacherLogits: logitsOf(rows) });
      expect(agreementTemperature({ teacherLogits: logitsOf(scaled) }) / (one * scale)).toBeCloseTo(1, 6);
    }),
  );
});

test('looks at a spread of the rows of a large file alone', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [i % 2 ? 6 : 0, i % 2 ? 0 : 6]);
  const temperature = agreementTemperature({ teacherLogits: logitsOf(rows), topProbability: 0.75 });
  expect(temperature).toBeCloseTo(6 / Math.log(3), 6);
});

describe('refuses', () => {
  const teacherLogits = logitsOf([
    [6, 0],
    [0, 6],
  ]);
  test.each([0.5, 1, Number.NaN])('a top probability of %s for two classes', (topProbability) => {
    expect(() => agreementTemperature({ teacherLogits, topProbability })).toThrow(
      `agreementTemperature: topProbability is ${topProbability}; expected a number above 1/2 and below 1.`,
    );
  });
  test.each([
    [
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [[[Number.NaN, 1]]],
  ])('logits that say nothing: %j', (rows) => {
    expect(() => agreementTemperature({ teacherLogits: logitsOf(rows), topProbability: 0.6 })).toThrow(
      'expected finite logits that differ within a row',
    );
  });
  test('values that are not examples × classes', () => {
    expect(() => agreementTemperature({ teacherLogits: { ...teacherLogits, examples: 3 } })).toThrow(
      'teacherLogits has 4 values for 3 examples of 2 classes',
    );
  });
});
