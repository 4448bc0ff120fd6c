import { torchRandom } from '@metadistill/datasets';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainDense } from '../../../test/plain/plain-layers.js';
import { conv2d } from '../convolution/conv2d.js';
import { dense } from './dense.js';

onEachBackend(() => {
  test.each([
    [[4, 5], false],
    [[2, 3, 5], true],
    [[2, 3, 2, 5], false],
  ] as const)('acts on the last axis of an input %j, with bias %s', async (inputShape, useBias) => {
    const layer = dense({ inputs: 5, outputs: 3, useBias });
    expect(layer.parameters.map(({ name }) => name)).toEqual(['weight', ...(useBias ? ['bias'] : [])]);
    const at = { layer, inputShape };
    expectDerivativesOf(plainDense(5, 3), at);
    await expectSecondOrder(at);
    expectNoLeakOf(at);
  });

  test('vjp is the adjoint of jvp at any shape', () => {
    fc.assert(
      fc.property(
        fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 9 }))),
        ([batch, inputs, outputs]) => {
          expectAdjoint({
            layer: dense({ inputs: inputs!, outputs: outputs! }),
            inputShape: [batch!, inputs!],
          });
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('initial weights', () => {
  test('are those of nn.Linear(3, 2), two in a row after torch.manual_seed(42)', () => {
    const { uniform } = torchRandom(42);
    const layer = dense({ inputs: 3, outputs: 2 });
    const [first, second] = [layer.initialize(uniform), layer.initialize(uniform)];
    const numbers = ({ parameters }: typeof first) =>
      parameters.map((tensor) => Array.from(tensor.dataSync()));
    // Printed by PyTorch 1.13 as [outputs, inputs]; ours are [inputs, outputs].
    expect(numbers(first)).toEqual([
      [
        0.4414065182209015, 0.5303604602813721, 0.47920528054237366, -0.1264995038509369, -0.1352572739124298,
        0.11650390923023224,
      ],
      [-0.28108587861061096, 0.3390677869319916],
    ]);
    expect(numbers(second)).toEqual([
      [
        0.5089590549468994, 0.10805647075176239, -0.42356041073799133, 0.42655149102211, 0.5018306374549866,
        0.078190878033638,
      ],
      [0.27839142084121704, -0.08151666074991226],
    ]);
  });

  test('from an image are those of a convolution as large as the image', () => {
    const fromImage = [2, 2, 3] as const;
    const layer = dense({ inputs: 12, outputs: 4, fromImage });
    const [weight] = layer.initialize(torchRandom(1).uniform).parameters;
    const [filter] = conv2d({ inputs: 3, outputs: 4, kernelSize: 2 }).initialize(
      torchRandom(1).uniform,
    ).parameters;
    expect(Array.from(weight!.dataSync())).toEqual(Array.from(filter!.dataSync()));
  });
});

test('an input of another width is refused', () => {
  const layer = dense({ inputs: 12, outputs: 2, name: 'fc1' });
  expect(() => layer.outputShape([2, 2, 3])).toThrow(
    'fc1: input has shape [batch, 2, 2, 3]; expected [batch, 2, 2, 12]. Correct inputs, or put flatten() before it.',
  );
  expect(() => layer.outputShape([])).toThrow('fc1: input has shape [batch]; expected [batch, 12].');
});

test.each([
  [{ inputs: 0, outputs: 2 }, 'dense: inputs is 0; expected a positive integer.'],
  [{ inputs: 3, outputs: 1.5 }, 'dense: outputs is 1.5; expected a positive integer.'],
  [
    { inputs: 3, outputs: 2, fromImage: [2, 2, 1] as const },
    'dense: fromImage is [2, 2, 1]; expected 3 values.',
  ],
])('%j is refused', (options, message) => {
  expect(() => dense(options)).toThrow(message);
});
