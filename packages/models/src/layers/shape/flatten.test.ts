import { tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { tensorOf } from '../../../test/values.js';
import { flatten } from './flatten.js';

const none = { parameters: [], statistics: [] };
const image = [2, 1, 2, 3];
const values = Array.from({ length: 12 }, (_, i) => i);

test('unrolls each example row by row, with its channels next to each other', () => {
  tidy(() => {
    const { output } = flatten().forward(none, tensorOf(values, image), 'training');
    expect(output.arraySync()).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
    expect(flatten().outputShape([1, 2, 3])).toEqual([6]);
  });
});

test('gives a cotangent the shape of the image again, and no tangent the shape of the output', () => {
  tidy(() => {
    const { cache } = flatten().forward(none, tensorOf(values, image), 'training');
    const { input } = flatten().vjp(none, cache, tensorOf(values, [2, 6]), true);
    expect(input!.shape).toEqual(image);
    expect(Array.from(input!.dataSync())).toEqual(values);
    expect(flatten().vjp(none, cache, tensorOf(values, [2, 6]), false).input).toBeUndefined();
    expect(flatten().jvp(none, cache, [], undefined).arraySync()).toEqual([
      Array(6).fill(0),
      Array(6).fill(0),
    ]);
  });
});
