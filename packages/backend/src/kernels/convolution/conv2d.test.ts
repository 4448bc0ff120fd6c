import {
  backend_util,
  dispose,
  type Tensor,
  tensor,
  tensor1d,
  tensor4d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { type ConvolutionCase, sumProducts } from '../../../test/reference-convolution.js';
import { runKernel } from '../../../test/run-kernel.js';

type Padding = 'valid' | 'same' | number;

interface Drawn extends ConvolutionCase {
  readonly pad: Padding;
  readonly seed: number;
}

const channels = fc.oneof(fc.integer({ min: 1, max: 33 }), fc.constantFrom(3, 4, 8, 16, 32));
const padding: fc.Arbitrary<Padding> = fc.constantFrom<Padding>('valid', 'same', 1, 2);

/** Cases whose kernel fits the padded image, with fewer than some 3 million products each. */
const convolutions: fc.Arbitrary<Drawn> = fc
  .record({
    batch: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 11 }),
    width: fc.integer({ min: 1, max: 11 }),
    inputs: channels,
    outputs: channels,
    kernelHeight: fc.constantFrom(1, 2, 3, 3, 4, 5),
    kernelWidth: fc.constantFrom(1, 2, 3, 3, 4, 5),
    stride: fc.constantFrom(1, 1, 2, 3),
    pad: padding,
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  })
  .map(complete)
  .filter(({ outHeight, outWidth }) => outHeight > 0 && outWidth > 0);

function complete(drawn: Omit<Drawn, 'top' | 'left' | 'outHeight' | 'outWidth'>): Drawn {
  const info = backend_util.computeConv2DInfo(
    [drawn.batch, drawn.height, drawn.width, drawn.inputs],
    [drawn.kernelHeight, drawn.kernelWidth, drawn.inputs, drawn.outputs],
    drawn.stride,
    1,
    drawn.pad,
  );
  return {
    ...drawn,
    top: info.padInfo.top,
    left: info.padInfo.left,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
  };
}

/** Runs all three kernels of one case and compares each with the definition. */
function expectEqualToDefinition(shape: Drawn): void {
  const { batch, height, width, inputs, outputs, kernelHeight, kernelWidth, outHeight, outWidth, seed } =
    shape;
  const xShape = [batch, height, width, inputs];
  const wShape = [kernelHeight, kernelWidth, inputs, outputs];
  const yShape = [batch, outHeight, outWidth, outputs];
  const size = (of: number[]) => of.reduce((a, b) => a * b);
  const x = randomValues(size(xShape), seed);
  const w = randomValues(size(wShape), seed + 1);
  const dy = randomValues(size(yShape), seed + 2);
  const attributes = { strides: [shape.stride, shape.stride], pad: shape.pad, dataFormat: 'NHWC' };
  const values = (tensors: Tensor[]) => (tensors[0] as Tensor).dataSync();
  tidy(() => {
    const [xs, ws, dys] = [tensor(x, xShape), tensor(w, wShape), tensor(dy, yShape)];
    const y = runKernel('Conv2D', { x: xs, filter: ws }, { ...attributes, dilations: [1, 1] });
    expect(y[0]?.shape).toEqual(yShape);
    expectRounding(
      values(y),
      sumProducts(shape, dy.length, x, w, (i, f, o) => [o, i, f]),
      kernelHeight * kernelWidth * inputs,
    );
    const dw = runKernel('Conv2DBackpropFilter', { x: xs, dy: dys }, { ...attributes, filterShape: wShape });
    expect(dw[0]?.shape).toEqual(wShape);
    expectRounding(
      values(dw),
      sumProducts(shape, w.length, x, dy, (i, f, o) => [f, i, o]),
      batch * outHeight * outWidth,
    );
    const dx = runKernel(
      'Conv2DBackpropInput',
      { dy: dys, filter: ws },
      { ...attributes, inputShape: xShape },
    );
    expect(dx[0]?.shape).toEqual(xShape);
    expectRounding(
      values(dx),
      sumProducts(shape, x.length, dy, w, (i, f, o) => [i, o, f]),
      kernelHeight * kernelWidth * outputs,
    );
  });
}

describeEachBuild('convolution', () => {
  it('equals its definition for odd sizes, any channels, strides and paddings, as do both gradients', () => {
    fc.assert(fc.property(convolutions, expectEqualToDefinition), { numRuns: 120 });
  });

  it.each([
    { height: 32, width: 32, inputs: 3, outputs: 8, pad: 'valid' as const, stride: 1 },
    { height: 13, width: 13, inputs: 8, outputs: 16, pad: 'same' as const, stride: 2 },
    { height: 6, width: 6, inputs: 16, outputs: 32, pad: 'valid' as const, stride: 1 },
    { height: 70, width: 67, inputs: 2, outputs: 9, pad: 'same' as const, stride: 1 },
    { height: 20, width: 19, inputs: 5, outputs: 40, pad: 'same' as const, stride: 1 },
    { height: 4, width: 4, inputs: 40, outputs: 64, pad: 'same' as const, stride: 1 },
    { height: 3, width: 300, inputs: 1, outputs: 32, pad: 'valid' as const, stride: 1 },
  ])('equals its definition at $height×$width×$inputs→$outputs, $pad, stride $stride', (shape) => {
    expectEqualToDefinition(complete({ batch: 3, kernelHeight: 3, kernelWidth: 3, seed: 7, ...shape }));
  });

  it('adds a bias to every pixel if there is one, for any number of channels', () => {
    for (let outputs = 1; outputs <= 33; outputs++) {
      const sizes = { batch: 2, height: 5, width: 5, inputs: 3, outputs, kernelHeight: 3, kernelWidth: 3 };
      const shape = complete({ ...sizes, stride: 1, pad: 'same', seed: 1 });
      const x = randomValues(2 * 5 * 5 * 3, 1);
      const filter = randomValues(9 * 3 * outputs, 2);
      const bias = randomValues(outputs, 3);
      const exact = sumProducts(shape, 2 * 5 * 5 * outputs, x, filter, (i, f, o) => [o, i, f]);
      for (const i of exact.values.keys()) {
        exact.values[i]! += bias[i % outputs]!;
        exact.magnitudes[i]! += Math.abs(bias[i % outputs]!);
      }
      tidy(() => {
        const inputs = {
          x: tensor4d(x, [2, 5, 5, 3]),
          filter: tensor4d(filter, [3, 3, 3, outputs]),
          bias: tensor1d(bias),
        };
        const attributes = { strides: [1, 1], pad: 'same' };
        const [got] = runKernel('MetadistillConv2DWithBias', inputs, attributes) as [Tensor];
        expectRounding(got.dataSync(), exact, 9 * 3 + 1);
      });
    }
  });

  it('takes padding that differs by side', () => {
    const pad = [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ] as unknown as Padding;
    expectEqualToDefinition(
      complete({
        batch: 2,
        height: 5,
        width: 6,
        inputs: 3,
        outputs: 5,
        kernelHeight: 3,
        kernelWidth: 3,
        stride: 1,
        pad,
        seed: 3,
      }),
    );
  });
});

describeEachBuild('bad input to convolution', () => {
  const attributes = { strides: [1, 1], pad: 'valid', dilations: [1, 1] };
  const refuses = (inputs: Record<string, Tensor>, kernel: string, attrs: object, message: RegExp) => {
    expect(() => runKernel(kernel, inputs, { ...attributes, ...attrs })).toThrow(message);
    dispose(inputs);
  };

  describe('is refused before anything is read', () => {
    it('if channels differ', () => {
      refuses({ x: zeros([1, 5, 5, 3]), filter: zeros([3, 3, 4, 8]) }, 'Conv2D', {}, /3 channels.*takes 4/);
    });
    it('if the kernel is larger than the padded image', () => {
      refuses(
        { x: zeros([1, 2, 2, 3]), filter: zeros([3, 3, 3, 8]) },
        'Conv2D',
        {},
        /larger than the padded/,
      );
    });
    it('if a rank is wrong', () => {
      refuses({ x: zeros([5, 5, 3]), filter: zeros([3, 3, 3, 8]) }, 'Conv2D', {}, /x is float32 \[5, 5, 3\]/);
    });
    it('if a dtype is wrong', () => {
      const x = zeros([1, 5, 5, 3], 'int32');
      refuses({ x, filter: zeros([3, 3, 3, 8]) }, 'Conv2D', {}, /x is int32/);
    });
    it('if a cotangent has another shape', () => {
      const dy = zeros([1, 4, 4, 8]);
      const filterShape = [3, 3, 3, 8];
      refuses({ x: zeros([1, 5, 5, 3]), dy }, 'Conv2DBackpropFilter', { filterShape }, /dy has shape/);
      const inputs = { dy: zeros([1, 4, 4, 8]), filter: zeros([3, 3, 3, 8]) };
      refuses(inputs, 'Conv2DBackpropInput', { inputShape: [1, 5, 5, 3] }, /dy has shape/);
    });
  });
});
