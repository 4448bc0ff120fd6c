import { expect, test } from 'vitest';
import { selectFeatures } from './select-features.js';

test('features that are no columns, none at all, and other inputs are refused', () => {
  expect(() => selectFeatures({ inputs: 3, features: [0, 3] })).toThrow(
    'selectFeatures: features is [0, 3]; expected columns from 0 to 2. Columns count from 0.',
  );
  expect(() => selectFeatures({ inputs: 3, features: [] })).toThrow('selectFeatures: features is []');
  expect(() => selectFeatures({ inputs: 4, features: [0] }).outputShape([3])).toThrow(
    'selectFeatures: input has shape [batch, 3]; expected [batch, 4].',
  );
});
