import { expectNoLeak } from '@metadistill/testing';
import { dispose, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  addScaled,
  cloneWeights,
  disposeWeights,
  dotTensors,
  normTensors,
  rejectTensors,
  scaleTensors,
  zeroTensors,
} from './tensors.js';

const pair = (a: number[], b: number[]) => [tensor1d(a), tensor1d(b)];

test('addScaled adds a multiple, tensor by tensor', () => {
  const sum = addScaled(pair([1, 2], [3]), pair([10, 20], [30]), 0.5);
  expect(sum.map((tensor) => Array.from(tensor.dataSync()))).toEqual([[6, 12], [18]]);
});

test('scaleTensors multiplies, tensor by tensor', () => {
  const scaled = scaleTensors(pair([1, 2], [3]), -0.5);
  expect(scaled.map((tensor) => Array.from(tensor.dataSync()))).toEqual([[-0.5, -1], [-1.5]]);
});

test('dotTensors and normTensors sum over all tensors', () => {
  // 1·4 + 2·5 + 3·6 = 32; 3² + 4² + 12² = 13²
  expect(dotTensors(pair([1, 2], [3]), pair([4, 5], [6])).dataSync()[0]).toBe(32);
  expect(normTensors(pair([3, 4], [12])).dataSync()[0]).toBe(13);
});

test('rejectTensors leaves what is orthogonal over all tensors, and nothing beside a zero', () => {
  const valuesOf = (tensors: readonly Tensor[]) => tensors.flatMap((tensor) => Array.from(tensor.dataSync()));
  // (1·2 + 3·1 + 5·2) / 9 = 5/3
  const [a, b] = [pair([1, 3], [5]), pair([2, 1], [2])];
  const left = valuesOf(rejectTensors(a, b));
  expect(left[0]).toBeCloseTo(-7 / 3, 6);
  expect(left[1]).toBeCloseTo(4 / 3, 6);
  expect(left[2]).toBeCloseTo(5 / 3, 6);
  expect(dotTensors(rejectTensors(a, b), b).dataSync()[0]).toBeCloseTo(0, 5);
  expect(valuesOf(rejectTensors(a, pair([0, 0], [0])))).toEqual([0, 0, 0]);
});

test('zeroTensors has the shapes given', () => {
  expect(zeroTensors(pair([1, 2], [3])).map((tensor) => Array.from(tensor.dataSync()))).toEqual([
    [0, 0],
    [0],
  ]);
});

test('cloneWeights outlives what it was made of, and refuses what was disposed of', async () => {
  await expectNoLeak(() => {
    const weights = { parameters: pair([1], [2]), statistics: pair([3], [4]) };
    const kept = cloneWeights(weights);
    disposeWeights(weights);
    expect(kept.statistics.map((each) => each.dataSync()[0])).toEqual([3, 4]);
    disposeWeights(kept);
    expect(() => cloneWeights(kept)).toThrow('cloneWeights: weights.parameters[0] is disposed of;');
  });
});

test('lists of different lengths are refused', () => {
  const [a, b] = pair([1], [2]);
  expect(() => addScaled([a!, b!], [a!], 1)).toThrow('addScaled: b has 1 tensors; expected 2.');
  expect(() => dotTensors([a!], [a!, b!])).toThrow('dotTensors: b has 2 tensors; expected 1.');
  expect(() => rejectTensors([a!], [])).toThrow('rejectTensors: b has 0 tensors; expected 1.');
});

test('each gives what it returns and leaks nothing', async () => {
  const [a, b] = [pair([1, 2], [3]), pair([4, 5], [6])];
  await expectNoLeak(() => {
    dispose([
      ...addScaled(a, b, 2),
      ...scaleTensors(a, 2),
      dotTensors(a, b),
      normTensors(a),
      ...rejectTensors(a, b),
      ...zeroTensors(a),
    ]);
  });
  await expectNoLeak(() => {
    disposeWeights({ parameters: pair([1], [2]), statistics: pair([1], [2]) });
  });
});
