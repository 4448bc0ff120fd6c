import {
  exp,
  grad,
  memory,
  mul,
  profile,
  square,
  sum,
  type Tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
// Brings the gradients of TensorFlow.js' other operations.
import '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';

const of = (x: Tensor) => sum(exp(square(x)));

const tests = () => {
  it('calls no kernel for what a gradient saves, and leaves no tensor', async () => {
    const x = tensor1d([0.5, -1]);
    const before = memory().numTensors;
    const { kernelNames } = await profile(() => grad(of)(x));
    expect(kernelNames).toContain('Exp');
    expect(kernelNames).not.toContain('Identity');
    // The gradient itself.
    expect(memory().numTensors).toBe(before + 1);
  });

  it('keeps what was saved when its tensor is disposed of', () => {
    const gradient = tidy(() => {
      const disposing = (x: Tensor) => {
        const squares = square(x);
        const y = sum(exp(squares));
        squares.dispose();
        return y;
      };
      return grad(disposing)(tensor1d([0.5, -1])).dataSync();
    });
    // d exp(x²) / dx = 2 x exp(x²), to float32's rounding.
    expect(gradient[0]).toBeCloseTo(Math.exp(0.25), 5);
    expect(gradient[1]).toBeCloseTo(-2 * Math.exp(1), 5);
  });

  it('is differentiated in the gradient of a gradient', () => {
    const cube = (x: Tensor) => sum(mul(square(x), x));
    const second = tidy(() => grad((x: Tensor) => sum(grad(cube)(x)))(tensor1d([0.5, -1])).dataSync());
    // d² x³ / dx² = 6 x.
    expect(Array.from(second)).toEqual([3, -6]);
  });
};

describeCpu('what a gradient saves', tests);
describeEachBuild('what a gradient saves', tests);
