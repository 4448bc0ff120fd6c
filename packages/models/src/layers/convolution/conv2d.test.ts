import { torchRandom } from '@metadistill/datasets';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder } from '../../../test/expect-derivatives.js';
import { onEachBackend } from '../../../test/on-each-backend.js';
import { plainConv2d } from '../../../test/plain/plain-layers.js';
import { conv2d } from './conv2d.js';

const sizes = { inputs: 2, outputs: 3 };

// Image of 5×6; the zeros before it and the sides after it follow from PyTorch's and TensorFlow's rules by hand.
const cases = [
  { kernelSize: 3, zerosBefore: 0, outputSides: [3, 4] },
  { kernelSize: 3, padding: 'same', zerosBefore: 1, outputSides: [5, 6] },
  { kernelSize: 2, padding: 'same', zerosBefore: 0, outputSides: [5, 6] },
  { kernelSize: 3, padding: 1, strides: 2, zerosBefore: 1, outputSides: [3, 3] },
  { kernelSize: 1, strides: 2, zerosBefore: 0, outputSides: [3, 3] },
  { kernelSize: 3, padding: 2, zerosBefore: 2, outputSides: [7, 8] },
  { kernelSize: 2, padding: 'same', strides: 3, zerosBefore: 0, outputSides: [2, 2] },
  { kernelSize: 1, useBias: false, zerosBefore: 0, outputSides: [5, 6] },
  { kernelSize: [3, 1], strides: [1, 2], zerosBefore: 0, outputSides: [3, 3] },
  { kernelSize: [2, 3], padding: 'same', strides: [2, 1], zerosBefore: [0, 1], outputSides: [3, 6] },
  { kernelSize: [2, 3], padding: 1, strides: [2, 3], zerosBefore: 1, outputSides: [3, 2] },
  { kernelSize: 2, dilationRate: [3, 2], zerosBefore: 0, outputSides: [2, 4] },
  { kernelSize: [3, 2], padding: 'same', dilationRate: 2, zerosBefore: [2, 1], outputSides: [5, 6] },
] as const;

onEachBackend(() => {
  test.each(cases)('output, vjp and jvp agree with a float64 reference: %j', (options) => {
    const { zerosBefore, outputSides, ...rest } = options;
    const inputShape = [2, 5, 6, 2] as const;
    const { kernelSize } = rest;
    const reference = plainConv2d({
      inputShape,
      kernelSize,
      outputs: 3,
      strides: 'strides' in rest ? rest.strides : 1,
      dilations: 'dilationRate' in rest ? rest.dilationRate : 1,
      zerosBefore,
      outputSides,
    });
    expectDerivativesOf(reference, { layer: conv2d({ ...sizes, ...rest }), inputShape });
  });

  test.each(cases)('second order is the derivative of vjp: %j', async (options) => {
    const { zerosBefore, outputSides, ...rest } = options;
    await expectSecondOrder({ layer: conv2d({ ...sizes, ...rest }), inputShape: [2, 5, 6, 2] });
  });

  test('vjp is the adjoint of jvp at any shape', () => {
    const side = fc.integer({ min: 3, max: 7 });
    const few = fc.integer({ min: 1, max: 3 });
    const sizes = fc.tuple(few, few);
    const padding = fc.constantFrom('valid' as const, 'same' as const, 0);
    fc.assert(
      fc.property(
        fc.tuple(few, side, side, few),
        sizes,
        sizes,
        fc.boolean(),
        padding,
        (inputShape, kernelSize, steps, strided, pad) => {
          const layer = conv2d({
            inputs: inputShape[3],
            outputs: 2,
            kernelSize,
            [strided ? 'strides' : 'dilationRate']: steps,
            padding: pad,
          });
          fc.pre(
            inputShape
              .slice(1, 3)
              .every((length, i) => length > (strided ? 1 : steps[i]!) * (kernelSize[i]! - 1)),
          );
          expectAdjoint({ layer, inputShape });
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('initial weights are drawn as (outputs, channels, height, width), then biases, within 1/√27', () => {
  const layer = conv2d({ inputs: 3, outputs: 2, kernelSize: 3 });
  const [weight, bias] = layer.initialize(torchRandom(42).uniform).parameters;
  const { uniform } = torchRandom(42);
  const bound = Math.fround(1 / Math.sqrt(27));
  for (let o = 0; o < 2; o++) {
    for (let c = 0; c < 3; c++) {
      for (let k = 0; k < 3; k++) {
        for (let l = 0; l < 3; l++) {
          expect(weight!.bufferSync().get(k, l, c, o)).toBe(uniform(-bound, bound));
        }
      }
    }
  }
  expect(Array.from(bias!.dataSync())).toEqual([uniform(-bound, bound), uniform(-bound, bound)]);
});

test('an image of other channels, or smaller than the filter, is refused', () => {
  const layer = conv2d({ ...sizes, kernelSize: 3, name: 'conv1' });
  expect(() => layer.outputShape([5, 5, 3])).toThrow(
    'conv1: input has shape [batch, 5, 5, 3]; expected [batch, height, width, 2].',
  );
  expect(() => layer.outputShape([2, 5, 2])).toThrow(
    'conv1: input has shape [batch, 2, 5, 2]; expected height and width of at least 3',
  );
});

test.each([-1, 3, 0.5])('padding %d of a filter of 3 is refused', (padding) => {
  expect(() => conv2d({ ...sizes, kernelSize: 3, padding })).toThrow(
    `conv2d: padding is ${padding}; expected 'valid', 'same' or an integer from 0 to 2.`,
  );
});

test('strides of a filter with gaps are refused', () => {
  expect(() => conv2d({ ...sizes, kernelSize: 3, strides: 2, dilationRate: [1, 2] })).toThrow(
    'conv2d: strides is 2 and dilationRate [1, 2]; expected 1 for one of them.',
  );
});

test.each([0, [3], [3, 1.5], '3'])('kernelSize %j is refused', (kernelSize) => {
  expect(() => conv2d({ ...sizes, kernelSize: kernelSize as number })).toThrow(
    /kernelSize is .*; expected a positive integer, or two of them: \[height, width\]\./,
  );
});
