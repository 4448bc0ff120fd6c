import { torchRandom } from '@metadistill/datasets';
import { expect, test } from 'vitest';
import { expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainConv2dTranspose } from '../../../test/plain/plain-layers.js';
import { conv2dTranspose } from './conv2d-transpose.js';

// From 3×4; the sides after it and the zeros that the convolution back has before them follow from Keras' rules by hand.
const cases = [
  { kernelSize: 3, zerosBefore: 0, sides: [5, 6] },
  { kernelSize: 3, padding: 'same', zerosBefore: 1, sides: [3, 4] },
  { kernelSize: 3, padding: 'same', strides: 2, zerosBefore: 0, sides: [6, 8] },
  { kernelSize: [2, 3], strides: [3, 2], zerosBefore: 0, sides: [9, 9] },
  {
    kernelSize: [4, 1],
    padding: 'same',
    strides: [2, 1],
    useBias: false,
    zerosBefore: [1, 0],
    sides: [6, 4],
  },
] as const;

onEachBackend(() => {
  test.each(cases)('agrees with a float64 reference, derivatives included: %j', async (options) => {
    const { zerosBefore, sides, ...rest } = options;
    const reference = plainConv2dTranspose({
      inputShape: [2, ...sides, 3],
      kernelSize: rest.kernelSize,
      strides: 'strides' in rest ? rest.strides : 1,
      zerosBefore,
      outputSides: [3, 4],
    });
    const at = { layer: conv2dTranspose({ inputs: 2, outputs: 3, ...rest }), inputShape: [2, 3, 4, 2] };
    expectDerivativesOf(reference, at);
    await expectSecondOrder(at);
    expectNoLeakOf(at);
  });
});

test('initial weights are drawn as (inputs, outputs, height, width), then biases, within 1/√12', () => {
  const layer = conv2dTranspose({ inputs: 2, outputs: 3, kernelSize: 2 });
  const [weight, bias] = layer.initialize(torchRandom(42).uniform).parameters;
  const { uniform } = torchRandom(42);
  const bound = Math.fround(1 / Math.sqrt(12));
  for (let c = 0; c < 2; c++) {
    for (let o = 0; o < 3; o++) {
      for (let k = 0; k < 2; k++) {
        for (let l = 0; l < 2; l++) {
          expect(weight!.bufferSync().get(k, l, o, c)).toBe(uniform(-bound, bound));
        }
      }
    }
  }
  expect(Array.from(bias!.dataSync())).toEqual([1, 2, 3].map(() => uniform(-bound, bound)));
});

test('other channels are refused, and a padding in numbers', () => {
  const options = { inputs: 2, outputs: 3, kernelSize: 3 };
  expect(() => conv2dTranspose(options).outputShape([4, 4, 3])).toThrow(
    'conv2dTranspose: input has shape [batch, 4, 4, 3]; expected [batch, height, width, 2].',
  );
  expect(() => conv2dTranspose({ ...options, padding: 1 as never })).toThrow(
    "conv2dTranspose: padding is 1; expected 'valid' or 'same'.",
  );
});
