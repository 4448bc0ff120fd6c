import '@tensorflow/tfjs-backend-wasm';
import { setBackend, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { labelRows, softenOthers } from './soften.js';

afterAll(() => setBackend('cpu'));

test.each(['cpu', 'wasm'])('labels become rows of a float32 value on %s', async (backend) => {
  await setBackend(backend);
  tidy(() => {
    const labels = tensor1d([2, 0], 'int32');
    expect(Array.from(labelRows(labels, 3).dataSync())).toEqual([0, 0, 1, 1, 0, 0]);
    expect(Array.from(labelRows(labels, 3, 0.25).dataSync())).toEqual([0, 0, 0.25, 0.25, 0, 0]);
  });
});

test.each(['cpu', 'wasm'])(
  'the other classes keep their digits beside a label that dominates, on %s',
  async (backend) => {
    await setBackend(backend);
    tidy(() => {
      const logits = tensor2d([[1e4, -7882, -7881.875]]);
      const softened = softenOthers(logits, 0.05, tensor1d([0], 'int32')).dataSync();
      expect(Math.exp(softened[0] as number)).toBe(0);
      expect(softened[1]).toBeCloseTo(-2.5, 6);
      expect(softened[2]).toBe(0);
    });
  },
);
