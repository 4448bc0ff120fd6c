// Brings the gradients of TensorFlow.js' other operations.
import '@tensorflow/tfjs-layers';
import { grad, mul, relu, square, sum, tensor1d, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';

const tests = () => {
  const values = [-2, -0, 0, 0.5, 3];

  it('passes the gradient where the output is above zero', () => {
    const { value, grad: dx } = tidy(() =>
      valueAndGrad((x) => relu(x))(tensor1d(values), tensor1d([1, 2, 3, 4, 5])),
    );
    expect(Array.from(value.dataSync())).toEqual([0, 0, 0, 0.5, 3]);
    expect(Array.from(dx.dataSync())).toEqual([0, 0, 0, 4, 5]);
  });

  it('has a gradient of its own: x³ above zero', () => {
    // d/dx Σ (d/dx relu(x)³)² = d/dx Σ 9 x⁴ = 36 x³.
    const inner = grad((x) => sum(mul(relu(x), square(relu(x)))));
    const second = tidy(() => grad((x) => sum(square(inner(x))))(tensor1d(values)));
    expect(Array.from(second.dataSync())).toEqual([0, 0, 0, 4.5, 972]);
  });
};

describeEachBuild("relu's gradient by tf.grad", tests);
describeCpu("relu's gradient by tf.grad", tests);
