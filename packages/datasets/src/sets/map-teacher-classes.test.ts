import { describe, expect, test } from 'vitest';
import type { TeacherLogits } from '../types.js';
import { type MapTeacherClassesOptions, mapTeacherClasses } from './map-teacher-classes.js';

const logitsOf = (rows: readonly (readonly number[])[]): TeacherLogits => ({
  values: Float32Array.from(rows.flat()),
  examples: rows.length,
  classes: rows[0]!.length,
});

const teacherLogits = logitsOf([
  [2, -1, 0.5, 3],
  [-4, 1, 1, 0],
]);

const softmax = (logits: Iterable<number>, temperature = 1) => {
  const exponentials = Array.from(logits, (logit) => Math.exp(logit / temperature));
  const total = exponentials.reduce((sum, each) => sum + each);
  return exponentials.map((each) => each / total);
};

const rowsOf = ({ values, examples, classes }: TeacherLogits) =>
  Array.from({ length: examples }, (_, i) => [...values.subarray(i * classes, (i + 1) * classes)]);

/** float32 keeps 1e-7 of a logit. */
const expectRows = (got: TeacherLogits, expected: readonly (readonly number[])[]) => {
  expect([got.examples, got.classes]).toEqual([expected.length, expected[0]!.length]);
  for (const [i, row] of rowsOf(got).entries()) {
    for (const [c, logit] of row.entries()) expect(logit).toBeCloseTo(expected[i]![c]!, 5);
  }
};

test('reorders classes, and leaves the given logits alone', () => {
  const mapped = mapTeacherClasses({ teacherLogits, classes: 4, mapping: [3, 2, 1, 0] });
  expectRows(mapped, [
    [3, 0.5, -1, 2],
    [0, 1, 1, -4],
  ]);
  expect(rowsOf(teacherLogits)[0]).toEqual([2, -1, 0.5, 3]);
  expect(mapped.values.buffer).not.toBe(teacherLogits.values.buffer);
});

test('several classes become one that has the sum of their probabilities', () => {
  const mapped = mapTeacherClasses({ teacherLogits, classes: 2, mapping: Int32Array.of(0, 1, 1, 0) });
  for (const [i, row] of rowsOf(mapped).entries()) {
    const p = softmax(rowsOf(teacherLogits)[i]!);
    const q = softmax(row);
    expect(q[0]).toBeCloseTo(p[0]! + p[3]!, 6);
    expect(q[1]).toBeCloseTo(p[1]! + p[2]!, 6);
  }
  expectRows(mapped, [
    [Math.log(Math.exp(2) + Math.exp(3)), Math.log(Math.exp(-1) + Math.exp(0.5))],
    [Math.log(Math.exp(-4) + 1), 1 + Math.log(2)],
  ]);
});

test('a class that the student does not have is left out: the others share its probability', () => {
  const mapped = mapTeacherClasses({ teacherLogits, classes: 3, mapping: [0, 1, 2, -1] });
  const p = softmax(rowsOf(teacherLogits)[0]!);
  for (const [c, q] of softmax(rowsOf(mapped)[0]!).entries()) expect(q).toBeCloseTo(p[c]! / (1 - p[3]!), 6);
});

test('a class that the teacher does not know is below the least of its row by the gap', () => {
  const mapped = mapTeacherClasses({ teacherLogits, classes: 4, mapping: [0, 2, 2, 0], missingGap: 12 });
  const rows = rowsOf(mapped);
  for (const row of rows) {
    const floor = Math.min(row[0]!, row[2]!) - 12;
    expect(row[1]).toBeCloseTo(floor, 5);
    expect(row[3]).toBeCloseTo(floor, 5);
    const q = softmax(row, 4);
    expect(q[1]! / Math.min(q[0]!, q[2]!)).toBeCloseTo(Math.exp(-12 / 4), 6);
  }
});

test('logits of ten thousand stay finite', () => {
  const large = logitsOf([[1e4, 1e4, -1e4]]);
  const { values } = mapTeacherClasses({ teacherLogits: large, classes: 2, mapping: [0, 0, 1] });
  expect([...values]).toEqual([Math.fround(1e4 + Math.log(2)), -1e4]);
});

test('a class that the teacher masks stays masked, and adds nothing to one that it is mapped with', () => {
  const hidden = Number.NEGATIVE_INFINITY;
  const masking = logitsOf([[1, hidden, 2, hidden]]);
  const { values } = mapTeacherClasses({ teacherLogits: masking, classes: 3, mapping: [0, 0, 2, 1] });
  expect([...values]).toEqual([1, hidden, 2]);
  expect(() => mapTeacherClasses({ teacherLogits: masking, classes: 1, mapping: [-1, 0, -1, 0] })).toThrow(
    'mapTeacherClasses: teacherLogits: row 0 masks every class that is mapped; expected a finite number.',
  );
});

describe('refuses', () => {
  test.each<[Partial<MapTeacherClassesOptions>, string]>([
    [
      { mapping: [0, 1] },
      'mapTeacherClasses: mapping has 2 entries; expected 4, one for each class of the teacher.',
    ],
    [
      { mapping: [0, 1, 2, 0] },
      'mapping[2] is 2; expected a class of the student in 0..1, or -1 for none of them.',
    ],
    [{ mapping: [0, 1, -2, 0] }, 'mapping[2] is -2'],
    [{ mapping: [0, 1, 0.5, 0] }, 'mapping[2] is 0.5'],
    [{ classes: 0 }, 'mapTeacherClasses: classes is 0; expected an integer of at least 1.'],
    [
      { classes: 4 },
      "mapTeacherClasses: mapping is without the student's class 2, 3; expected each of 0..3. Give missingGap",
    ],
    [{ mapping: [-1, -1, -1, -1], missingGap: 5 }, 'A teacher that knows none of them cannot teach.'],
    [{ missingGap: -1 }, 'mapTeacherClasses: missingGap is -1; expected a finite number of at least 0.'],
    [{ missingGap: Number.NaN }, 'missingGap is NaN'],
    [
      { classes: 4, mapping: [0, 1, 2, 0], missingGap: 1e39 },
      'mapTeacherClasses: missingGap is 1e+39; expected one that leaves all logits finite in float32.',
    ],
    [
      { teacherLogits: logitsOf([[1, 2, Number.NaN, 0]]) },
      'mapTeacherClasses: teacherLogits: the logit of row 0, class 2 is NaN; expected a finite number.',
    ],
    [{ teacherLogits: { ...teacherLogits, examples: 3 } }, 'the number of values is 8; expected 12'],
    [{ gap: 3 } as object, "mapTeacherClasses: unknown option 'gap'"],
  ])('%j', (wrong, message) => {
    const right = { teacherLogits, classes: 2, mapping: [0, 1, 1, 0] };
    expect(() => mapTeacherClasses({ ...right, ...wrong })).toThrow(message);
  });
});
