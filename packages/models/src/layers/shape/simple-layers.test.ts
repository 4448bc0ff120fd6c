import { tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  expectAdjoint,
  expectDerivativesOf,
  expectSecondOrder,
  type LayerAt,
} from '../../../test/expect-derivatives.js';
import { expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { type Plain, plainGlobalAverage, plainRelu } from '../../../test/plain-layers.js';
import { tensorOf } from '../../../test/values.js';
import { relu } from '../activations/relu.js';
import { globalAveragePool } from '../pooling/global-average-pool.js';
import { flatten } from './flatten.js';
import { selectFeatures } from './select-features.js';

const cases: (LayerAt & { readonly reference: Plain })[] = [
  { layer: relu(), inputShape: [3, 2, 2, 2], reference: plainRelu },
  { layer: flatten(), inputShape: [2, 3, 2, 2], reference: (_, x) => [...x] },
  { layer: globalAveragePool(), inputShape: [2, 3, 4, 2], reference: plainGlobalAverage([2, 3, 4, 2]) },
  {
    layer: selectFeatures({ inputs: 4, features: [0, 3, 1] }),
    inputShape: [2, 4],
    reference: (_, [a, b, , d, e, f, , h]) => [a!, d!, b!, e!, h!, f!],
  },
];

onEachBackend(() => {
  describe.each(cases)('$layer.name', ({ reference, ...at }) => {
    test('output, vjp and jvp agree with a float64 reference', () => {
      expectDerivativesOf(reference, at);
    });

    test('vjp is the adjoint of jvp', () => {
      expectAdjoint(at);
    });

    test('second order is the derivative of vjp', async () => {
      await expectSecondOrder(at);
    });

    test('rules give what they return and leak nothing', () => {
      expectNoLeakOf(at);
    });
  });

  test('relu lets nothing through at zero', () => {
    tidy(() => {
      const layer = relu();
      const none = { parameters: [], statistics: [] };
      const { cache } = layer.forward(none, tensorOf([-1, 0, 2], [1, 3]), 'training');
      const { input } = layer.vjp(none, cache, tensorOf([5, 6, 7], [1, 3]), true);
      expect(Array.from(input!.dataSync())).toEqual([0, 0, 7]);
    });
  });
});

test('shapes that do not fit are refused', () => {
  expect(() => globalAveragePool().outputShape([3])).toThrow(
    'globalAveragePool: input has shape [batch, 3]; expected',
  );
  expect(() => selectFeatures({ inputs: 3, features: [0, 3] })).toThrow(
    'selectFeatures: features is [0, 3]; expected columns from 0 to 2. Columns count from 0.',
  );
  expect(() => selectFeatures({ inputs: 3, features: [] })).toThrow('selectFeatures: features is []');
  expect(() => selectFeatures({ inputs: 4, features: [0] }).outputShape([3])).toThrow(
    'selectFeatures: input has shape [batch, 3]; expected [batch, 4].',
  );
});
