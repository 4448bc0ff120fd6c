import '@tensorflow/tfjs-layers';
import {
  grad,
  memory,
  square,
  sum,
  type Tensor,
  tanh,
  tensor1d,
  tidy,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';

const full = (x: Tensor): never => {
  throw new Error(`${x.shape} does not fit`);
};

const tests = () => {
  it('disposes of what was saved when the function throws, within a gradient too, and differentiates the next one', () => {
    const x = variable(tensor1d([1, 2]));
    const before = memory().numTensors;
    expect(() => variableGrads(() => full(tanh(square(x))), [x])).toThrow('does not fit');
    expect(() => grad((outer) => sum(grad((inner) => full(tanh(inner)))(square(outer))))(x)).toThrow(
      'does not fit',
    );
    expect(() => grad(() => tensor1d([1]))(x)).toThrow('Cannot compute gradient');
    expect(memory().numTensors).toBe(before);
    tidy(() => {
      expect(Array.from(grad((at) => sum(square(at)))(x).dataSync())).toEqual([2, 4]);
    });
    expect(memory().numTensors).toBe(before);
    x.dispose();
  });
};

describeEachBuild('releaseTape', tests);
describeCpu('releaseTape', tests);
