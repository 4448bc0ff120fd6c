import { describe, expect, it } from 'vitest';
import { checkTeacherLogits } from './teacher-logits.js';

const dataset = {
  name: 'Tiny',
  examples: new Uint8Array(3),
  exampleShape: [1],
  labels: new Int32Array(3),
  classes: 2,
};
const check = (shape: number[], values: number[]) =>
  checkTeacherLogits({ shape, values: Float32Array.from(values) }, dataset, 'teacher.npy');

describe('checkTeacherLogits', () => {
  it('takes one finite row an example and one column a class', () => {
    expect(check([3, 2], [1, 2, 3, 4, 5, 6])).toEqual({
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
      examples: 3,
      classes: 2,
    });
  });

  it('refuses another number of rows, columns or axes', () => {
    expect(() => check([2, 2], [1, 2, 3, 4])).toThrow(
      'checkTeacherLogits: teacher.npy: the number of rows is 2; expected 3, one per example. Were they computed on Tiny?',
    );
    expect(() => check([3, 1], [1, 2, 3])).toThrow('the number of columns is 1; expected 2, one per class');
    expect(() => check([6], [1, 2, 3, 4, 5, 6])).toThrow('shape is [6]; expected [3,2]');
    expect(() => check([3, 2], [1, 2, 3, 4])).toThrow('the number of values is 4; expected 6');
  });

  it('refuses values in a plain array', () => {
    const logits = { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] as never };
    expect(() => checkTeacherLogits(logits, dataset)).toThrow(
      'checkTeacherLogits: teacher logits: values is [1, 2, 3, 4, …]; expected a Float32Array.',
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a logit of %s', (bad) => {
    expect(() => check([3, 2], [1, 2, 3, 4, 5, bad])).toThrow(
      `teacher.npy: the logit of row 2, class 1 is ${bad}; expected a finite number.`,
    );
  });

  it('takes -Infinity for a class that is masked, but not for all of a row', () => {
    const hidden = Number.NEGATIVE_INFINITY;
    expect(check([3, 2], [1, hidden, 3, 4, hidden, -3.4e38]).values[1]).toBe(hidden);
    expect(() => check([3, 2], [1, 2, hidden, hidden, 5, 6])).toThrow(
      'teacher.npy: the largest logit of row 1 is -Infinity; expected a finite number.',
    );
  });
});
