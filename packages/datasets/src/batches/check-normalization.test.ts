import { expect, test } from 'vitest';
import type { Dataset, Normalization } from '../types.js';
import { checkNormalization } from './check-normalization.js';

const labels = Int32Array.of(0);
const images = { name: 'colours', examples: new Uint8Array(8), exampleShape: [2, 2, 2], labels, classes: 1 };
const features = { name: 'features', examples: new Float32Array(2), exampleShape: [2], labels, classes: 1 };
const fitting = { mean: [0, 0], std: [1, 1] };

test('takes a mean and a deviation for each channel', () => {
  checkNormalization(fitting, images);
});

test.each<[Normalization, Dataset, string]>([
  [{ mean: [0], std: [1] }, images, 'normalization is mean [0], std [1]; expected 2 of each, std > 0.'],
  [{ mean: [0, 0], std: [1, 0] }, images, 'normalization is mean [0,0], std [1,0]; expected 2 of each'],
  [{ mean: [0, 0] } as never, images, 'normalization.std is undefined; expected an array of numbers.'],
  [
    fitting,
    features,
    'normalization is given for features, which has features; expected images. Leave it out.',
  ],
])('refuses %j', (normalization, dataset, message) => {
  expect(() => checkNormalization(normalization, dataset)).toThrow(`checkNormalization: ${message}`);
  expect(() => checkNormalization(normalization, dataset, 'distil')).toThrow(`distil: ${message}`);
});
