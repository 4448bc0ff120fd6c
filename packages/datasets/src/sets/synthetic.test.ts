import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../types.js';
import { paperSyntheticSizes, syntheticData } from './synthetic.js';

const paper = syntheticData();
const sets = [paper.teacherTrain, paper.studentTrain, paper.validation, paper.test];
const bytesOf = (array: Dataset['examples'] | Int32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

// Every expected number and digest: NumPy 1.24 with the seed 42, cast to float32 and int32.
describe('syntheticData', () => {
  it('is the data of the paper bit for bit', () => {
    const examples = createHash('sha256');
    const labels = createHash('sha256');
    for (const set of sets) {
      examples.update(bytesOf(set.examples));
      labels.update(bytesOf(set.labels));
    }
    expect(examples.digest('hex')).toBe('2f88063b9ebc0019c24431017d2c242dca2e0dd461556c71848fb73a51f37553');
    expect(labels.digest('hex')).toBe('04350e21f158345e8b0239e316028b0f23bfd89165d34c362c11cd34ce98120d');
  });

  it('has the columns x1, x2, [sign x1 + sign x2 > 0.1] and sign(x1 x2), and the noisy label', () => {
    expect(Array.from(paper.teacherTrain.examples.subarray(0, 4))).toEqual([
      0.49671414494514465, -0.13826429843902588, 0, -1,
    ]);
    expect(Array.from(paper.studentTrain.examples.subarray(0, 4))).toEqual([
      -1.5944277048110962, -0.5993750095367432, 0, 1,
    ]);
    expect(Array.from(paper.studentTrain.labels)).toEqual([1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0]);
    const ones = (set: Dataset) => set.labels.reduce((sum, label) => sum + label, 0);
    expect(ones(paper.teacherTrain)).toBe(114);
    expect(ones(paper.test)).toBe(101);
  });

  it('splits into sets of the paper’s sizes', () => {
    expect(paperSyntheticSizes).toEqual({ teacherTrain: 200, studentTrain: 15, validation: 15, test: 200 });
    expect(sets.map((set) => set.labels.length)).toEqual([200, 15, 15, 200]);
    expect(sets.every((set) => set.examples.length === 4 * set.labels.length && set.classes === 2)).toBe(
      true,
    );
  });

  it('draws larger sets of the same distribution', () => {
    const sizes = { teacherTrain: 200, studentTrain: 15, validation: 200, test: 5000 };
    const { test, validation } = syntheticData({ seed: 7, sizes });
    expect(validation.labels.length).toBe(200);
    // P(y = sign x1x2) = E Φ(2|x1x2|) = 0.7689 by quadrature: 3.4 standard errors of 5,000 draws are 0.02.
    const agreed = test.labels.filter((label, i) => label === Number((test.examples[4 * i + 3] ?? 0) > 0));
    expect(Math.abs(agreed.length / 5000 - 0.7689)).toBeLessThan(0.02);
  });

  it('has the noiseless label as its fourth feature where there is no noise', () => {
    const { test } = syntheticData({ seed: 1, noise: 0 });
    expect(Array.from(test.labels)).toEqual(
      Array.from(test.labels, (_, i) => Number((test.examples[4 * i + 3] ?? 0) > 0)),
    );
  });

  it('refuses sizes that are not counts and noise that is not a deviation', () => {
    const sizes = { teacherTrain: 200, studentTrain: 1.5, validation: 200, test: 5000 };
    expect(() => syntheticData({ sizes })).toThrow(/sizes.studentTrain is 1.5; expected a count/);
    expect(() => syntheticData({ sead: 1 } as never)).toThrow("unknown option 'sead'; did you mean 'seed'?");
    expect(() => syntheticData({ noise: -1 })).toThrow(/noise is -1; expected a standard deviation/);
    expect(() => syntheticData({ noise: Number.NaN })).toThrow(RangeError);
  });
});
