import { describe, expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainDense } from '../../../test/plain-layers.js';
import { relu } from '../activations/relu.js';
import { dense } from '../dense/dense.js';
import { addition } from './addition.js';
import { identity } from './identity.js';

const branch = (name: string) => dense({ name, inputs: 3, outputs: 3 });
const layer = addition({ name: 'sum', branches: [branch('a'), identity(), branch('b')] });
const at = { layer, inputShape: [4, 3] };

onEachBackend(() => {
  test('the sum of branches and its derivatives agree with a float64 reference', () => {
    const plain = plainDense(3, 3);
    expectDerivativesOf(([w, b, v, c], x) => {
      const [first, second] = [plain([w!, b!], x), plain([v!, c!], x)];
      return x.map((value, i) => value + first[i]! + second[i]!);
    }, at);
  });

  describe.each([at, { layer: identity(), inputShape: [2, 3] }])('$layer.name', (each) => {
    test('vjp is the adjoint of jvp', () => {
      expectAdjoint(each);
    });

    test('second order is the derivative of vjp', async () => {
      await expectSecondOrder(each);
    });

    test('rules give what they return and leak nothing', () => {
      // A second-order pass leaves what each of three branches gave to the sum.
      expectNoLeakOf(each, each === at ? 3 : 0);
    });
  });
});

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
