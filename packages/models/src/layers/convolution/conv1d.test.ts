import { torchRandom } from '@metadistill/datasets';
import { expect, test } from 'vitest';
import { expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { expectNoLeakOf } from '../../../test/expect-no-leak-of.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainConv1d } from '../../../test/plain/plain-layers.js';
import { conv1d } from './conv1d.js';
import { conv2d } from './conv2d.js';

// Sequences of 7 steps; the zeros before them and the steps after them follow from PyTorch's and TensorFlow's rules by hand.
const cases = [
  { kernelSize: 3, zerosBefore: 0, outputSteps: 5 },
  { kernelSize: 4, padding: 'same', zerosBefore: 1, outputSteps: 7 },
  { kernelSize: 3, padding: 2, strides: 3, useBias: false, zerosBefore: 2, outputSteps: 3 },
  { kernelSize: 2, dilationRate: 3, padding: 'same', zerosBefore: 1, outputSteps: 7 },
  { kernelSize: 2, dilationRate: 3, padding: 3, zerosBefore: 3, outputSteps: 10 },
] as const;

onEachBackend(() => {
  test.each(cases)('agrees with a float64 reference, derivatives included: %j', async (options) => {
    const { zerosBefore, outputSteps, ...rest } = options;
    const inputShape = [2, 7, 2] as const;
    const at = { layer: conv1d({ inputs: 2, outputs: 3, ...rest }), inputShape };
    const reference = plainConv1d({
      inputShape,
      kernelSize: rest.kernelSize,
      outputs: 3,
      strides: 'strides' in rest ? rest.strides : 1,
      dilations: 'dilationRate' in rest ? rest.dilationRate : 1,
      zerosBefore,
      outputSteps,
    });
    expectDerivativesOf(reference, at);
    await expectSecondOrder(at);
    expectNoLeakOf(at);
  });
});

test('initial weights are those of a convolution of one row', () => {
  const weights = (layer: ReturnType<typeof conv1d> | ReturnType<typeof conv2d>) =>
    layer.initialize(torchRandom(42).uniform).parameters.map((each) => Array.from(each.dataSync()));
  expect(weights(conv1d({ inputs: 2, outputs: 3, kernelSize: 4 }))).toEqual(
    weights(conv2d({ inputs: 2, outputs: 3, kernelSize: [1, 4] })),
  );
});

test('sequences of other channels, or shorter than the filter, are refused', () => {
  const layer = conv1d({ inputs: 2, outputs: 3, kernelSize: 3, dilationRate: 2 });
  expect(() => layer.outputShape([9, 3])).toThrow(
    'conv1d: input has shape [batch, 9, 3]; expected [batch, steps, 2].',
  );
  expect(() => layer.outputShape([4, 2])).toThrow(
    'conv1d: input has shape [batch, 4, 2]; expected at least 5 steps with padding.',
  );
});

test.each([
  [{ kernelSize: 0 }, 'conv1d: kernelSize is 0; expected a positive integer.'],
  [
    { kernelSize: 3, padding: 3 },
    "conv1d: padding is 3; expected 'valid', 'same' or an integer from 0 to 2.",
  ],
  [
    { kernelSize: 3, strides: 2, dilationRate: 2 },
    'conv1d: strides is 2 and dilationRate 2; expected 1 for one',
  ],
])('%j is refused', (options, message) => {
  expect(() => conv1d({ inputs: 2, outputs: 3, ...options })).toThrow(message);
});
