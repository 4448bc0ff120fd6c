import {
  add,
  conv2d,
  depthwiseConv2d,
  engine,
  fused,
  getGradient,
  grads,
  memory,
  mul,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
// Brings the gradients of TensorFlow.js' other operations.
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { caseOf, drawConvolution, type Geometry, geometries } from '../../../test/random-geometries.js';
import { convolutionGradients } from './convolution.js';
import { fusedConvolutionGradients } from './fused-convolution.js';

type Convolve = (
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D,
  attributes: Geometry['attributes'],
) => Tensor4D;

/** All the ways in which TensorFlow.js convolves with a bias. */
const dense: Record<string, Convolve> = {
  conv2d: (x, filter, bias, { strides, pad, dilations }) =>
    add(conv2d(x, filter, strides, pad, 'NHWC', dilations), bias),
  'fused.conv2d': (x, filter, bias, attributes) =>
    fused.conv2d({ x, filter, bias, ...attributes, pad: attributes.pad as 'same' }),
};
const depthwise: Record<string, Convolve> = {
  depthwiseConv2d: (x, filter, bias, { strides, pad, dilations }) =>
    add(depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilations), bias),
  'fused.depthwiseConv2d': (x, filter, bias, attributes) =>
    fused.depthwiseConv2d({ x, filter, bias, ...attributes, pad: attributes.pad as 'same' }),
};

/** Compares the gradients of Σ dy · convolution by input, filter and bias with the definition. */
function expectGradients(convolve: Convolve, geometry: Geometry, isDepthwise: boolean): void {
  const shape = caseOf(geometry, isDepthwise);
  if (!shape) return;
  const { xShape, filterShape, attributes, seed } = geometry;
  const drawn = drawConvolution(shape, geometry);
  const before = memory().numTensors;
  tidy(() => {
    const dy = tensor4d(drawn.dy, drawn.yShape);
    const x = tensor4d(drawn.x, xShape);
    const filter = tensor4d(drawn.filter, filterShape);
    const bias = tensor1d(Float32Array.from({ length: shape.outputs }, (_, i) => i - (seed % 3)));
    const by = grads((...given) => {
      const [input, taps, offset] = given as [Tensor4D, Tensor4D, Tensor1D];
      return sum(mul(convolve(input, taps, offset, attributes), dy));
    });
    const [dx, dFilter, dBias] = by([x, filter, bias]) as [Tensor, Tensor, Tensor];
    const pixels = shape.batch * shape.outHeight * shape.outWidth;
    // Zeros between taps are products too, and add rounding of nothing.
    expectRounding(dx.dataSync(), drawn.dx, filterShape[0] * filterShape[1] * filterShape[3]);
    expectRounding(dFilter.dataSync(), drawn.dFilter, pixels);
    const exact = { values: new Float64Array(shape.outputs), magnitudes: new Float64Array(shape.outputs) };
    drawn.dy.forEach((value, i) => {
      exact.values[i % shape.outputs]! += value;
      exact.magnitudes[i % shape.outputs]! += Math.abs(value);
    });
    expectRounding(dBias.dataSync(), exact, pixels);
  });
  expect(memory().numTensors).toBe(before);
}

const isOneOrOther = ({ attributes: { strides, dilations } }: Geometry) =>
  [strides, dilations].some((pair) => pair.every((size) => size === 1));

/** On cpu, TensorFlow.js' own kernels refuse strides and dilations at once. */
const tests = (both: boolean) => () => {
  it.each(Object.entries(dense))('%s has the gradients of its definition for any dilation', (_, convolve) => {
    const allowed = geometries(4).filter(isOneOrOther);
    fc.assert(
      fc.property(allowed, (geometry) => expectGradients(convolve, geometry, false)),
      { numRuns: 150 },
    );
  });

  it.each(Object.entries(depthwise))(
    '%s has the gradients of its definition for any dilation',
    (name, convolve) => {
      const allowed = geometries(3).filter(
        (geometry) => (both && name === 'depthwiseConv2d') || isOneOrOther(geometry),
      );
      fc.assert(
        fc.property(allowed, (geometry) => expectGradients(convolve, geometry, true)),
        { numRuns: 150 },
      );
    },
  );

  it('an activation after a dilated convolution has a gradient, a bias of one value and no bias too', () => {
    tidy(() => {
      const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      const filter = tensor4d([1, -1, 0.5, 2], [2, 2, 1, 1]);
      const options = { strides: 1, pad: 'valid', dilations: 2 } as const;
      const [byFilter] = grads((...[f]) =>
        fused.conv2d({ x, filter: f as Tensor4D, activation: 'relu', ...options }),
      )([filter]) as [Tensor];
      expect(Array.from(byFilter.dataSync())).toEqual([1, 3, 7, 9]);
      const [byBias] = grads((...[b]) =>
        fused.conv2d({ x, filter, bias: b as Tensor, pad: 'same', strides: 1, dilations: 2 }),
      )([tensor1d([3])]) as [Tensor];
      expect(Array.from(byBias.dataSync())).toEqual([9]);
    });
  });

  it('an image without a batch has gradients too', () => {
    tidy(() => {
      const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      const filter = tensor4d([1, -1, 0.5, 2], [2, 2, 1, 1]);
      const options = { filter, strides: 1, pad: 'valid', dilations: 2 } as const;
      const [byX] = grads((...[image]) => fused.conv2d({ x: image as never, ...options }))([
        reshape(x, [3, 3, 1]),
      ]) as [Tensor];
      expect(byX.shape).toEqual([3, 3, 1]);
      expect(Array.from(byX.dataSync())).toEqual([1, 0, -1, 0, 0, 0, 0.5, 0, 2]);
    });
  });

  it('computes no gradient of an input that nobody asks for', () => {
    tidy(() => {
      const x = tensor4d(new Float32Array(25).fill(1), [1, 5, 5, 1]);
      const filter = tensor4d([1, 2, 3, 4], [2, 2, 1, 1]);
      const { kernelNames } = (() => {
        const names: string[] = [];
        const current = engine();
        const { runKernel } = current;
        current.runKernel = ((name: string, ...rest: [never, never]) => {
          names.push(name);
          return runKernel.call(current, name, ...rest);
        }) as typeof runKernel;
        try {
          grads((...[f]) => fused.conv2d({ x, filter: f as Tensor4D, strides: 1, pad: 'same' }))([filter]);
        } finally {
          Reflect.deleteProperty(current, 'runKernel');
        }
        return { kernelNames: names };
      })();
      expect(kernelNames).toContain('Conv2DBackpropFilter');
      expect(kernelNames).not.toContain('Conv2DBackpropInput');
    });
  });

  it('the gradient of an input has the gradients of its own: those of a dilated convolution', () => {
    tidy(() => {
      const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      const filter = tensor4d([1, -1, 0.5, 2], [2, 2, 1, 1]);
      // y is a quadratic in the filter: |∂(w ∗ x)/∂x|² / 2 = |w|² / 2.
      const [byFilter] = grads((...[f]) => {
        const [dx] = grads((...[input]) => conv2d(input as Tensor4D, f as Tensor4D, 1, 'valid', 'NHWC', 2))([
          x,
        ]) as [Tensor];
        return mul(sum(mul(dx, dx)), 0.5);
      })([filter]) as [Tensor];
      expect(Array.from(byFilter.dataSync())).toEqual([1, -1, 0.5, 2]);
    });
  });
};

describeEachBuild('gradients of convolutions', tests(true));
describeCpu('gradients of convolutions', tests(false));

it('are registered on every backend', () => {
  for (const gradient of [...convolutionGradients, ...fusedConvolutionGradients]) {
    expect(getGradient(gradient.kernelName)).toBe(gradient);
  }
});
