import { expectOnlyReturned } from '@metadistill/testing';
import { dispose, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Model } from '../src/index.js';
import { inputOf, type LayerAt, weightsAt } from './expect-derivatives.js';
import { scatteredTensor, tensorOf } from './values.js';

/**
 * Every rule of a layer gives the caller what it returns and nothing else, and leaves its arguments alive. What a
 * forward pass returns is the output, the statistics and what its cache holds, so that nothing else may be left.
 *
 * @param held for layers made of layers, how many intermediate results the closures of a second-order pass may hold:
 *   `secondOrder` the cotangents between layers, `along` the tangents between them.
 */
export function expectNoLeakOf(at: LayerAt, held = 0): void {
  const { layer, inputShape, mode = 'training' } = at;
  const weights = weightsAt(layer, at.statistics);
  const input = tensorOf(inputOf(at), inputShape);
  const lent: Tensor[] = [...weights.parameters, ...weights.statistics, input];
  const nameOf = (rule: string) => `${layer.name}.${rule} (${mode})`;

  const pass = expectOnlyReturned(nameOf('forward'), () => layer.forward(weights, input, mode));
  const { output, cache } = pass.result;
  expect(pass.made, `${nameOf('forward')}: an output of its own`).toContain(output);
  const cotangent = scatteredTensor(output.shape, 2);
  const tangents = layer.parameters.map(({ shape }) => scatteredTensor(shape, 3));
  lent.push(...pass.made, cotangent, ...tangents);

  for (const inputTangent of [input, undefined]) {
    const call = nameOf(inputTangent ? 'jvp' : 'jvp, no input tangent');
    disposeOwn(call, () => layer.jvp(weights, cache, tangents, inputTangent));
  }
  for (const wantInput of [true, false]) {
    const call = (rule: string) => nameOf(wantInput ? rule : `${rule}, no input`);
    const own = disposeOwn(call('vjp'), () => layer.vjp(weights, cache, cotangent, wantInput));
    expect(own.input === undefined).toBe(!wantInput);
    // A second-order pass lives in the `tidy` around it, for the sake of what its closures hold.
    tidy(() => {
      const secondOrder = () => layer.secondOrder!(weights, cache, cotangent, wantInput);
      const { result: backward } = expectOnlyReturned(call('secondOrder'), secondOrder, held);
      for (const inputTangent of [input, undefined]) {
        const along = () => backward.along(tangents, inputTangent);
        const { result: moved } = expectOnlyReturned(call('secondOrder.along'), along, held);
        disposeOwn(call('secondOrder.along.pullBack'), () => moved.pullBack(cotangent));
      }
    });
  }
  disposeLent(layer.name, lent);
}

/**
 * The same of a model's rules, of those that it has, on a batch of three. Its second-order passes hold as many
 * intermediate results as its layers need.
 */
export function expectNoLeakOfModel(model: Model): void {
  const weights = weightsAt(model);
  const inputs = scatteredTensor([3, ...model.inputShape], 1);
  const lent: Tensor[] = [...weights.parameters, ...weights.statistics, inputs];
  const nameOf = (rule: string) => `${model.name}.${rule}`;

  disposeOwn(nameOf('initialize'), () => model.initialize((low, high) => (low + high) / 2));
  disposeOwn(nameOf('predict'), () => model.predict(weights, inputs));
  for (const mode of ['training', 'evaluation'] as const) {
    const forward = () => model.forward(weights, inputs, mode);
    const pass = expectOnlyReturned(nameOf(`forward (${mode})`), forward);
    const { cache } = pass.result;
    const cotangent = scatteredTensor([3, model.classes], 2) as Tensor2D;
    const tangents = model.parameters.map(({ shape }) => scatteredTensor(shape, 3));
    disposeOwn(nameOf(`vjp (${mode})`), () => model.vjp(weights, cache, cotangent));
    if (model.jvp) disposeOwn(nameOf(`jvp (${mode})`), () => model.jvp!(weights, cache, tangents));
    tidy(() => {
      const secondOrder = () => model.secondOrder?.(weights, cache, cotangent);
      const { result: backward } = expectOnlyReturned(nameOf('secondOrder'), secondOrder, Infinity);
      if (backward === undefined) return;
      const along = () => backward.along(tangents);
      const { result: moved } = expectOnlyReturned(nameOf('secondOrder.along'), along, Infinity);
      disposeOwn(nameOf('secondOrder.along.pullBack'), () => moved.pullBack(cotangent));
    });
    disposeLent(model.name, [...pass.made, cotangent, ...tangents]);
  }
  disposeLent(model.name, lent);
}

/** Calls, and disposes of what is returned, all of which has to be the caller's own. */
export function disposeOwn<Result>(call: string, body: () => Result): Result {
  const { result, made, returned } = expectOnlyReturned(call, body);
  expect(made, `${call}: returns tensors that it was lent`).toHaveLength(returned.length);
  dispose([...made]);
  return result;
}

function disposeLent(name: string, lent: readonly Tensor[]): void {
  expect(
    lent.filter(({ isDisposed }) => isDisposed),
    `${name}: disposed of tensors that it was lent`,
  ).toEqual([]);
  dispose([...lent]);
}
