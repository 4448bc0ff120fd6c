import { type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { TrainingState } from '../types.js';
import { disposeReplaced, disposeTrainingState, tensorsOf } from './training-state.js';

const state = (): TrainingState<string> => ({
  iteration: 3,
  weights: { parameters: [tensor1d([1])], statistics: [tensor1d([2])] },
  optimizerState: [tensor1d([3])],
  metaparameters: {},
  outerState: undefined,
  controllerState: undefined,
  methodState: [tensor1d([4])],
});
const gone = (tensors: readonly Tensor[]) => tensors.map(({ isDisposed }) => isDisposed);

test('all tensors of a state are those of weights, statistics, optimizer and method, and all are disposed of', () => {
  const full = state();
  const tensors = tensorsOf(full);
  expect(tensors.map((tensor) => tensor.dataSync()[0])).toEqual([1, 2, 3, 4]);
  disposeTrainingState(full);
  expect(gone(tensors)).toEqual([true, true, true, true]);
});

test('what the next state still holds is kept', () => {
  const old = state();
  const next = { ...state(), weights: { ...old.weights, parameters: [tensor1d([5])] } };
  disposeReplaced(old, next);
  expect(gone(tensorsOf(old))).toEqual([true, false, true, true]);
  expect(gone(tensorsOf(next))).toEqual([false, false, false, false]);
  disposeTrainingState(next);
});
