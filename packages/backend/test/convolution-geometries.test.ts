import { fused, type Tensor, tensor, tensor4d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from './describe-backends.js';
import { convolutionKernels, expectConvolution } from './expect-convolution.js';
import { expectActivated, type FusedCase, fusedCases, spreadValues } from './fused-activations.js';
import { caseOf, type Geometry, geometries } from './random-geometries.js';
import { runKernel } from './run-kernel.js';

/** Runs all kernels of one geometry and compares each with the definition, or expects a sentence. */
function expectEqualToDefinition(geometry: Geometry, fusedCase: FusedCase, depthwise: boolean): void {
  const { xShape, filterShape, attributes } = geometry;
  const shape = caseOf(geometry, depthwise);
  const { plain, withEpilogue } = convolutionKernels(depthwise);
  tidy(() => {
    if (!shape) {
      const inputs = { x: zeros(xShape), filter: zeros(filterShape) };
      for (const kernel of [plain, withEpilogue]) {
        expect(() => runKernel(kernel, inputs, attributes)).toThrow(/is larger than the padded image/);
      }
      return;
    }
    const { x, filter, drawn, taps } = expectConvolution(geometry, shape, depthwise);

    const bias = fusedCase.bias && spreadValues(fusedCase.bias, drawn.yShape, geometry.seed + 3);
    const slopes = spreadValues(fusedCase.slopes, drawn.yShape, geometry.seed + 4);
    const { activation, leakyreluAlpha } = fusedCase;
    const inputs = {
      x,
      filter,
      ...(bias && { bias: tensor(bias.values, bias.shape) }),
      ...(activation === 'prelu' && { preluActivationWeights: tensor(slopes.values, slopes.shape) }),
    };
    const [activated] = runKernel(withEpilogue, inputs, { ...attributes, activation, leakyreluAlpha });
    expectActivated(activated as Tensor, drawn.y, taps, fusedCase, bias?.at ?? (() => 0), slopes.at);
  });
}

describeEachBuild('in a thousand random geometries', () => {
  it('convolution, its gradients and its fused form equal their definition, or are refused', () => {
    const property = fc.property(geometries(5), fusedCases, (geometry, fusedCase) =>
      expectEqualToDefinition(geometry, fusedCase, false),
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it('depthwise convolution, its gradients and its fused form equal their definition, or are refused', () => {
    const property = fc.property(geometries(4), fusedCases, (geometry, fusedCase) =>
      expectEqualToDefinition(geometry, fusedCase, true),
    );
    fc.assert(property, { numRuns: 1000 });
  });
});

describeEachBuild('the fused kernels', () => {
  const attributes = { strides: [1, 1], pad: 'same', dilations: [1, 1] };

  it.each([
    ['FusedConv2D', [3, 3, 2, 4]],
    ['FusedDepthwiseConv2D', [3, 3, 2, 2]],
  ])('%s refuses an unknown activation, slopes that are missing, and what does not spread', (name, shape) => {
    tidy(() => {
      const inputs = { x: zeros([1, 4, 4, 2]), filter: zeros(shape) };
      const call = (more: object, attrs: object) => () =>
        runKernel(name, { ...inputs, ...more }, { ...attributes, ...attrs });
      expect(call({}, { activation: 'gelu' })).toThrow(/activation is gelu; expected one of linear, relu/);
      expect(call({}, { activation: 'prelu' })).toThrow(/preluActivationWeights is undefined/);
      expect(call({ bias: zeros([3]) }, {})).toThrow(/bias has shape \[3\]; expected one that spreads/);
      expect(call({ bias: zeros([4], 'int32') }, {})).toThrow(/bias is int32/);
      const preluActivationWeights = zeros([5, 1, 1]);
      expect(call({ preluActivationWeights }, { activation: 'prelu' })).toThrow(
        /preluActivationWeights has shape/,
      );
    });
  });

  it('take leakyrelu without a slope as tf.leakyRelu does, and null for what there is none of', () => {
    tidy(() => {
      const x = tensor4d([-1, 2], [1, 1, 2, 1]);
      const filter = tensor4d([1], [1, 1, 1, 1]);
      const y = fused.conv2d({
        x,
        filter,
        strides: 1,
        pad: 'same',
        activation: 'leakyrelu',
      });
      expect(Array.from(y.dataSync())).toEqual([Math.fround(-0.2), 2]);
      const nothing = { ...attributes, activation: null };
      const [plain] = runKernel('FusedConv2D', { x, filter, bias: null as never }, nothing) as [Tensor];
      expect(Array.from(plain.dataSync())).toEqual([-1, 2]);
    });
  });
});
