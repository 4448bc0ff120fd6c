import { momentum, sgd } from '@metadistill/hypergrad';
import { expectNoLeak, toNumbers } from '@metadistill/testing';
import { tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { startTraining } from './start-training.js';
import { disposeTrainingState } from './training-state.js';

const metaparameters = { temperature: 2 };

test('is the state before iteration 0: your weights, zero moments, and nothing that was learned', async () => {
  await expectNoLeak(() => {
    const weights = { parameters: [tensor1d([1, 2])], statistics: [tensor1d([3])] };
    const state = startTraining({ weights, optimizer: momentum({ momentum: 0.9 }), metaparameters });
    const { optimizerState, ...rest } = state;
    expect(rest).toEqual({
      iteration: 0,
      weights,
      metaparameters,
      outerState: undefined,
      controllerState: undefined,
      methodState: [],
    });
    expect(rest.weights).toBe(weights);
    expect(optimizerState.map(toNumbers)).toEqual([[0, 0]]);
    disposeTrainingState(state);
  });
});

test('refuses an option that it does not have', () => {
  const weights = { parameters: [], statistics: [] };
  expect(() =>
    startTraining({ weights, optimizer: sgd(), metaparameters, metaparameter: {} } as never),
  ).toThrow("startTraining: unknown option 'metaparameter'");
});
