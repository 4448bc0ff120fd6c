import '@tensorflow/tfjs-backend-wasm';
import { setBackend, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { labelRows } from './soften.js';

afterAll(() => setBackend('cpu'));

test.each(['cpu', 'wasm'])('labels become rows of a float32 value on %s', async (backend) => {
  await setBackend(backend);
  tidy(() => {
    const labels = tensor1d([2, 0], 'int32');
    expect(Array.from(labelRows(labels, 3).dataSync())).toEqual([0, 0, 1, 1, 0, 0]);
    expect(Array.from(labelRows(labels, 3, 0.25).dataSync())).toEqual([0, 0, 0.25, 0.25, 0, 0]);
  });
});
