import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleSize, holdOutLast, sliceExamples, sliceTeacherLogits } from './split.js';

const numbered = (count: number) => ({
  name: 'numbered',
  examples: Float32Array.from({ length: 2 * count }, (_, i) => i),
  exampleShape: [2, 1],
  labels: Int32Array.from({ length: count }, (_, i) => i),
  classes: count,
});

describe('sliceExamples and sliceTeacherLogits', () => {
  it('view the same rows of examples, labels and logits', () => {
    const dataset = numbered(10);
    const slice = sliceExamples(dataset, 2, 5);
    expect(Array.from(slice.labels)).toEqual([2, 3, 4]);
    expect(Array.from(slice.examples)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(slice.examples.buffer).toBe(dataset.examples.buffer);
    const logits = { values: dataset.examples, examples: 10, classes: 2 };
    expect(sliceTeacherLogits(logits, 2, 5)).toEqual({ values: slice.examples, examples: 3, classes: 2 });
    expect(exampleSize(dataset)).toBe(2);
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0, 11],
    [0.5, 2],
  ])('refuse the range %d to %d of 10', (start, end) => {
    expect(() => sliceExamples(numbered(10), start, end)).toThrow(
      `sliceExamples: start, end is ${start}, ${end}; expected 0 <= start <= end <= 10`,
    );
  });

  it('name the type of what is no number, not all its pixels', () => {
    const dataset = numbered(10);
    expect(() => sliceExamples(dataset, 0, dataset.examples as never)).toThrow(
      'sliceExamples: start, end is 0, Float32Array, no number; expected 0 <= start <= end <= 10',
    );
  });
});

describe('holdOutLast', () => {
  it('keeps every example once, in order, the validation set last', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.double({ min: 0, max: 0.99, noNaN: true }), (count, fraction) => {
        const { train, validation } = holdOutLast(numbered(count), fraction);
        expect([...train.labels, ...validation.labels]).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(validation.labels.length).toBe(Math.round(fraction * count));
      }),
    );
  });

  it('holds out 1,280 of 12,800 examples at 0.1', () => {
    expect(holdOutLast(numbered(12_800), 0.1).validation.labels[0]).toBe(11_520);
  });

  it.each([-0.1, 1, Number.NaN])('refuses the fraction %d', (fraction) => {
    expect(() => holdOutLast(numbered(10), fraction)).toThrow(
      `fraction is ${fraction}; expected 0 <= fraction < 1`,
    );
  });
});
