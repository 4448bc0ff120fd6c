import { sgd } from '@metadistill/hypergrad';
import {
  mul,
  type Optimizer,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tidy,
  train,
  variable,
} from '@tensorflow/tfjs-core';
// The gradients of operations.
import '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { innerOptimizerOf } from './inner-optimizer-of.js';

const target = [1, -2, 3];
const STEPS = 6;

/** w after some steps of `tf.train` on ‖w − target‖²·10. */
function minimized(optimizer: Optimizer): readonly number[] {
  const w = variable(tensor1d([0.5, 0.5, 0.5]));
  for (let step = 0; step < STEPS; step++) {
    optimizer.minimize(() => tidy(() => mul(10, sum(square(sub(w, tensor1d(target))))) as Scalar), false, [
      w,
    ]);
  }
  const values = [...w.dataSync()];
  w.dispose();
  optimizer.dispose();
  return values;
}

/** The same by our rule. */
function stepped(given: Optimizer): readonly number[] {
  const { optimizer, learningRate } = innerOptimizerOf(given);
  return tidy(() => {
    let parameters: readonly Tensor[] = [tensor1d([0.5, 0.5, 0.5])];
    let state = optimizer.initialize(parameters);
    for (let step = 0; step < STEPS; step++) {
      const gradient = [mul(20, sub(parameters[0]!, tensor1d(target)))];
      const next = optimizer.step({ parameters, gradient, state, learningRate: learningRate! });
      parameters = next.parameters;
      state = next.state;
    }
    return [...parameters[0]!.dataSync()];
  });
}

test.each<[string, () => Optimizer]>([
  ['sgd', () => train.sgd(0.01)],
  ['momentum', () => train.momentum(0.005, 0.8)],
  ['momentum with look-ahead', () => train.momentum(0.005, 0.8, true)],
  ['adam', () => train.adam(0.05, 0.8, 0.95, 1e-3)],
  ['adam by default', () => train.adam()],
])('%s of tf.train takes the same steps by our rule', (_, make) => {
  const [expected, got] = [minimized(make()), stepped(make())];
  // Float32, in another order of operations.
  for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5);
});

test('an optimizer of ours stays as it is', () => {
  const optimizer = sgd();
  expect(innerOptimizerOf(optimizer)).toEqual({ optimizer });
});

test.each([train.rmsprop(0.1), train.adagrad(0.1), train.adamax(0.1)])(
  '%# has a rule that we lack',
  (optimizer) => {
    expect(() => innerOptimizerOf(optimizer)).toThrow(
      /^distil: optimizer is an? \w+Optimizer; expected tf.train.sgd, tf.train.momentum or tf.train.adam, or an inner optimizer of @metadistill\/hypergrad. Rules are reimplemented here, and of tf.train these three are.$/,
    );
  },
);
