import { expect, test } from 'vitest';
import { countedTrust } from './counted-trust.js';

/** Logits of a teacher that says these classes. */
const saying = (answers: readonly number[], classes: number) => ({
  values: answers.flatMap((answer) => Array.from({ length: classes }, (_, k) => Number(k === answer))),
  examples: answers.length,
  classes,
});

test('is the log of the smoothed precision of each teacher by what it says, times the power', () => {
  const teachers = [saying([0, 0, 1, 1], 2), saying([0, 0, 0, 0], 2)];
  const trust = countedTrust({ teachers, labels: [0, 0, 0, 1], labelPrecision: 0.8, power: 2 });
  const expected = [0.8, 0.8, 3 / 4, 2 / 4, 4 / 6, 1 / 2].map((precision) => 2 * Math.log(precision));
  expect(trust).toHaveLength(6);
  for (const [i, value] of trust.entries()) expect(value).toBeCloseTo(expected[i]!, 12);
});

test.each([
  [{ teachers: [] }, 'countedTrust: teachers is []; expected at least one.'],
  [
    { labels: [0] },
    'countedTrust: teachers[0] has 4 values for 2 examples of 2 classes; expected those of 1',
  ],
  [{ labelPrecision: 0 }, 'countedTrust: labelPrecision is 0'],
  [{ power: -1 }, 'countedTrust: power is -1'],
  [{ power: 1e300 }, 'countedTrust: power is 1e+300; expected one that leaves power · log(precision) finite'],
  [{ labels: [0, 2] }, 'countedTrust: labels[1] is 2; expected an integer from 0 to 1.'],
  [{ labels: [-1, 0] }, 'countedTrust: labels[0] is -1'],
  [{ labels: [0, 0.5] }, 'countedTrust: labels[1] is 0.5'],
  [
    { teachers: [saying([0, 1], 2), { ...saying([0, 1], 2), values: [1, 0, Number.NaN, 1] }] },
    'countedTrust: teachers[1][1][0] is NaN; expected a finite number, or -Infinity for a class that is masked.',
  ],
])('refuses %j', (wrong, message) => {
  const right = { teachers: [saying([0, 1], 2)], labels: [0, 1] };
  expect(() => countedTrust({ ...right, ...wrong })).toThrow(message);
});
