import { expect, test } from 'vitest';
import { relu } from '../activations/relu.js';
import { dense } from '../dense/dense.js';
import { addition } from './addition.js';
import { identity } from './identity.js';

const branch = (name: string) => dense({ name, inputs: 3, outputs: 3 });

test('branches of different shapes, none at all, and tensors of one name are refused', () => {
  expect(() =>
    addition({ name: 'sum', branches: [dense({ inputs: 3, outputs: 2 }), identity()] }).outputShape([3]),
  ).toThrow('sum: branches give [batch, 2] and [batch, 3]; expected equal shapes.');
  expect(() => addition({ name: 'sum', branches: [branch('a'), relu()] }).outputShape([2])).toThrow(
    'sum > a: input has shape [batch, 2]; expected [batch, 3].',
  );
  expect(() => addition({ name: 'sum', branches: [] })).toThrow(
    'sum: branches is []; expected at least one layer.',
  );
  expect(() => addition({ name: 'sum', branches: [branch(''), branch('')] })).toThrow(
    'sum: branches has two tensors named weight; expected distinct names.',
  );
});
