import { expect, test } from 'vitest';
import { globalAveragePool } from './global-average-pool.js';

test('what is no image is refused', () => {
  expect(() => globalAveragePool().outputShape([3])).toThrow(
    'globalAveragePool: input has shape [batch, 3]; expected',
  );
});
