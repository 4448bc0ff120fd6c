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
    fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (exponent) => {
      const scale = 10 ** exponent;
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

test.each([Number.NEGATIVE_INFINITY, -3.4e38, -1e9])('a class masked by %d is of probability 0', (mask) => {
  const rows = (hidden: number) => [
    [6, 0, hidden],
    [0, 6, hidden],
  ];
  const temperature = agreementTemperature({ teacherLogits: logitsOf(rows(mask)), topProbability: 0.75 });
  expect(temperature).toBeCloseTo(6 / Math.log(3), 6);
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
  const constant = Array.from({ length: 10 }, () => 1);
  const undecided = [constant, constant, constant.map((_, k) => Number(k === 3))];
  test.each([
    [[[1, 1]], 0.6, 'the teacher is too undecided: it gives 0.5 to its first choice at most'],
    // 2/3 · 1/10 + 1/3
    [
      undecided,
      undefined,
      'it gives 0.4 to its first choice at most, however low the temperature; expected more than topProbability, 0.65. ' +
        'Are some rows constant? Pass a lower topProbability, or a temperature of your own',
    ],
    [
      [[6, 0]],
      0.5 + 1e-9,
      'topProbability is 0.500000001; expected more than the 0.5 that the teacher gives to its first choice',
    ],
    [
      [
        [0, 1],
        [Number.NaN, 1],
      ],
      0.6,
      'agreementTemperature: teacherLogits[1][0] is NaN; expected a finite number',
    ],
  ])('logits that no temperature brings there: %j at %s', (rows, topProbability, message) => {
    const options = { teacherLogits: logitsOf(rows), ...(topProbability && { topProbability }) };
    expect(() => agreementTemperature(options)).toThrow(message);
  });
  test('not a teacher that masks all classes but a few, unless it is asked for a probability', () => {
    const masking = logitsOf([
      [3, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [0, 1, Number.NEGATIVE_INFINITY],
    ]);
    // At most: 1 and 1/2, above 1/3 + 11/18 · 2/3.
    expect(agreementTemperature({ teacherLogits: masking })).toBeGreaterThan(1e5);
    expect(() => agreementTemperature({ teacherLogits: masking, topProbability: 0.7 })).toThrow(
      'expected more than the 0.75 that the teacher gives',
    );
  });
  test('not the same teacher at a lower topProbability', () => {
    const temperature = agreementTemperature({ teacherLogits: logitsOf(undecided), topProbability: 0.3 });
    // 2/3 · 1/10 + 1/3 · p = 0.3 for p = 0.7, of nine others.
    expect(temperature).toBeCloseTo(1 / Math.log((9 * 0.7) / 0.3), 6);
  });
  test('values that are not examples × classes', () => {
    expect(() => agreementTemperature({ teacherLogits: { ...teacherLogits, examples: 3 } })).toThrow(
      'teacherLogits has 4 values for 3 examples of 2 classes',
    );
  });
});
