import '@tensorflow/tfjs-layers'; // registers TensorFlow.js' gradients
import { expectNoLeak, relativeError, ridgeProblem, toNumbers } from '@metadistill/testing';
import {
  add,
  dispose,
  dot,
  mean,
  mul,
  type Scalar,
  square,
  sub,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { gradientOf, pointAt, regressions } from '../../test/analytic-points.js';
import { mixed } from '../methods/mixed.js';
import { unrolled } from '../methods/unrolled.js';
import { functionProblem } from './function-problem.js';
import { withGradients } from './with-gradients.js';

type Regression = typeof regressions.training;

const squares = (w: Parameters<typeof dot>[1], { X, y }: Regression): Scalar =>
  mul(mean(square(sub(dot(tensor2d(X), w), tensor1d(y)))), 0.5);
const training = withGradients<'weightDecay', Regression>(([w], { weightDecay }, batch) =>
  add(squares(w!, batch), mul(dot(w!, w!), weightDecay / 2)),
);
const problem = functionProblem({
  metaparameters: ['weightDecay'],
  training,
  validation: withGradients<'weightDecay', Regression>(([w], _, batch) => squares(w!, batch)),
  differenceSteps: { weightDecay: 0.5 }, // L is linear in it
});

test.each([mixed(), unrolled({ steps: 3 })])(
  '$name is that of ridge regression written out',
  async (method) => {
    const { training, validation } = regressions;
    const at = () => pointAt([0.8, -0.6], { weightDecay: 0.3 }, 0.4);
    const got = await gradientOf(problem, at(), training, validation, method);
    const expected = await gradientOf(ridgeProblem(), at(), training, validation, method);
    // Differences of float32 gradients over 0.5 in the metaparameter and 0.01 in w.
    expect(relativeError(got, expected)).toBeLessThan(1e-4);
  },
);

test('gives the caller value and gradient, and nothing else', async () => {
  await expectNoLeak(() => {
    const w = tensor1d([1, 2]);
    const { value, gradient } = training([w], { weightDecay: 0.3 }, regressions.training);
    expect(gradient[0]?.shape).toEqual([2]);
    expect(toNumbers(value)).toHaveLength(1);
    dispose([w, value, ...gradient]);
  });
});
