import { dispose, ones, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { convolutionKernels, expectConvolution } from '../../../test/expect-convolution.js';
import { caseOf, type Geometry } from '../../../test/random-geometries.js';
import type { ConvolutionCase } from '../../../test/reference-convolution.js';
import { runKernel } from '../../../test/run-kernel.js';

const { plain: forward, byFilter, byInput } = convolutionKernels(true);

const expectEqualToDefinition = (geometry: Geometry): void =>
  tidy(() => {
    expectConvolution(geometry, caseOf(geometry, true) as ConvolutionCase, true);
  });

describeEachBuild('depthwise convolution', () => {
  const same = { strides: [1, 1], dilations: [1, 1], pad: 'same', dataFormat: 'NHWC' } as const;
  const wide = (attributes: object) => ({ ...same, ...attributes }) as unknown as Geometry['attributes'];

  it.each<[Geometry['xShape'], Geometry['filterShape'], object]>([
    [[3, 7, 7, 33], [3, 3, 33, 1], {}],
    [[2, 14, 13, 40], [3, 3, 40, 1], { strides: [2, 2] }],
    [[1, 60, 70, 3], [5, 5, 3, 8], {}],
    [[300, 4, 4, 4], [3, 3, 4, 1], {}],
    [[2, 3, 1100, 5], [1, 3, 5, 1], {}],
    [[2, 12, 12, 8], [3, 3, 8, 2], { strides: [2, 3], dilations: [3, 2] }],
  ])('of %j and %j %j equals its definition: more channels, images and pixels than one go', (...given) => {
    const [xShape, filterShape, attributes] = given;
    expectEqualToDefinition({ xShape, filterShape, attributes: wide(attributes), seed: 5 });
  });

  it('of a batch of nothing is nothing, and its filter gradient zeros', () => {
    tidy(() => {
      const inputs = { x: zeros([0, 4, 4, 2]), filter: ones([3, 3, 2, 1]) };
      expect(runKernel(forward, inputs, same)[0]?.shape).toEqual([0, 4, 4, 2]);
      const filterShape = [3, 3, 2, 1];
      const [gradient] = runKernel(byFilter, { x: inputs.x, dy: inputs.x }, { ...same, filterShape });
      expect(gradient?.dataSync()).toEqual(new Float32Array(18));
    });
  });

  it('keeps what is not a number where it is', () => {
    tidy(() => {
      const x = tensor([1, Number.NaN, 2, Number.POSITIVE_INFINITY], [1, 2, 2, 1]);
      const inputs = { x, filter: ones([1, 1, 1, 1]) };
      const [y] = runKernel(forward, inputs, same) as [Tensor];
      expect(Array.from(y.dataSync())).toEqual([1, Number.NaN, 2, Number.POSITIVE_INFINITY]);
    });
  });
});

describeEachBuild('bad input to depthwise convolution', () => {
  const attributes = { strides: [1, 1], pad: 'valid', dilations: [1, 1] };
  const x = [1, 5, 5, 3];
  const filter = [3, 3, 3, 2];

  describe('is refused before anything is read', () => {
    it.each<[string, object, RegExp]>([
      ['the data format', { dataFormat: 'NCHW' }, /dataFormat is NCHW; expected NHWC/],
      [
        'a stride of 0',
        { strides: [0, 1] },
        /strides is \[0, 1\]; expected a whole number from 1, or a list of 2/,
      ],
      ['half a stride', { strides: 1.5 }, /strides is 1.5/],
      ['an endless stride', { strides: [1, Number.POSITIVE_INFINITY] }, /strides is/],
      ['a dilation of -1', { dilations: [1, -1] }, /dilations is \[1, -1\]/],
      ['a negative padding', { pad: -1 }, /pad is -1; expected 'valid', 'same'/],
      ['an unknown padding', { pad: 'full' }, /pad is 'full'/],
      [
        'half a padding',
        {
          pad: [
            [0, 0],
            [0.5, 1],
            [0, 0],
            [0, 0],
          ],
        },
        /pad is \[\[0, 0\], \[0.5, 1\]/,
      ],
      ['a padding beyond memory', { pad: 2 ** 20 }, /the output would be \[1, .*; expected less than/],
      ['a dilation beyond the image', { dilations: [3, 1] }, /larger than the padded image/],
    ])('for %s', (_, attrs, message) => {
      tidy(() => {
        const call = () =>
          runKernel(forward, { x: zeros(x), filter: zeros(filter) }, { ...attributes, ...attrs });
        expect(call).toThrow(message);
      });
    });

    const refuses = (kernel: string, inputs: Record<string, Tensor>, attrs: object, message: RegExp) => {
      expect(() => runKernel(kernel, inputs, { ...attributes, ...attrs })).toThrow(message);
      dispose(inputs);
    };

    it('if channels, ranks or dtypes do not fit', () => {
      refuses(forward, { x: zeros(x), filter: zeros([3, 3, 4, 1]) }, {}, /3 channels.*takes 4/);
      refuses(forward, { x: zeros([5, 5, 3]), filter: zeros(filter) }, {}, /x is float32 \[5, 5, 3\]/);
      refuses(forward, { x: zeros(x, 'int32'), filter: zeros(filter) }, {}, /x is int32/);
    });

    it('if a cotangent or a shape does not fit', () => {
      const dy = () => zeros([1, 4, 4, 6]);
      refuses(byFilter, { x: zeros(x), dy: dy() }, { filterShape: filter }, /dy has shape/);
      refuses(byInput, { dy: dy(), filter: zeros(filter) }, { inputShape: x }, /dy has shape/);
      const inputShape = [1, 5.5, 5, 3];
      refuses(byInput, { dy: dy(), filter: zeros(filter) }, { inputShape }, /the input is \[1, 5.5, 5, 3\]/);
      refuses(
        byFilter,
        { x: zeros(x), dy: dy() },
        { filterShape: [3, 3, 3, 0] },
        /the filter is \[3, 3, 3, 0\]/,
      );
    });
  });
});
