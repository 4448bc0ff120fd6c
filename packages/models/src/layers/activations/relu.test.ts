import { tidy } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { tensorOf } from '../../../test/values.js';
import { relu } from './relu.js';

onEachBackend(() => {
  test('lets nothing through at zero', () => {
    tidy(() => {
      const layer = relu();
      const none = { parameters: [], statistics: [] };
      const { cache } = layer.forward(none, tensorOf([-1, 0, 2], [1, 3]), 'training');
      const { input } = layer.vjp(none, cache, tensorOf([5, 6, 7], [1, 3]), true);
      expect(Array.from(input!.dataSync())).toEqual([0, 0, 7]);
    });
  });
});
