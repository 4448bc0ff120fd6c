import { ones, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { add } from './add.js';
import { average } from './average.js';
import { concatenate } from './concatenate.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { multiply } from './multiply.js';
import { subtract } from './subtract.js';

const none = { parameters: [], statistics: [] };

test.each([add, subtract, multiply, average, maximum, minimum])(
  '$name refuses inputs that do not fit together',
  (make) => {
    const layer = make({ name: 'merge' });
    expect(
      layer.mergedShape([
        [2, 3],
        [2, 1],
      ]),
    ).toEqual([2, 3]);
    expect(() =>
      layer.mergedShape([
        [2, 3],
        [3, 3],
      ]),
    ).toThrow('merge: inputs have shapes [batch, 2, 3] and [batch, 3, 3]; expected equal shapes, or 1');
    expect(() => layer.mergedShape([[2, 3], [3]])).toThrow('expected equal shapes');
    expect(() => layer.mergedShape([[2]])).toThrow('merge: it has 1 input; expected at least 2.');
  },
);

test.each([maximum, minimum])('$name gives the gradient of a tie to the first', (make) => {
  const layer = make();
  tidy(() => {
    const tied = [tensor2d([[1, 2]]), tensor2d([[1, 2]]), tensor2d([[1, 2]])];
    const { cache } = layer.forward(none, tied, 'training');
    const { inputs } = layer.vjp(none, cache as never, ones([1, 2]), [true, true, true]);
    expect(inputs.map((each) => String(each!.dataSync()))).toEqual(['1,1', '0,0', '0,0']);
  });
});

test('concatenate counts its axis with the batch, from the front or from the end', () => {
  const shapes = [
    [2, 3],
    [2, 5],
  ];
  expect(concatenate().mergedShape(shapes)).toEqual([2, 8]);
  expect(concatenate({ axis: 2 }).mergedShape(shapes)).toEqual([2, 8]);
  expect(() => concatenate({ axis: 1 }).mergedShape(shapes)).toThrow('equal lengths but along axis 1');
  expect(() => concatenate({ axis: 3 }).mergedShape(shapes)).toThrow('equal lengths but along axis 3');
  expect(() => concatenate().mergedShape([[2]])).toThrow('it has 1 input');
  for (const axis of [0, 1.5, '1' as never]) {
    expect(() => concatenate({ axis })).toThrow('expected an integer other than 0, the axis of the batch');
  }
});
