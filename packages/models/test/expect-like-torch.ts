import { torchRandom } from '@metadistill/datasets';
import { relativeError } from '@metadistill/testing';
import { cast, div, oneHot, softmax, sub, type Tensor2D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Model } from '../src/index.js';
import { fixtureInputs, inTorchOrder, type Summary, type TorchFixture, torchName } from './torch-fixture.js';

/** A tensor against its summary: within `tolerance` of `scale`, or of its own norm where that is larger. */
function expectSummary(
  values: readonly number[],
  summary: Summary,
  tolerance: number,
  scale: number,
  name: string,
) {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const sum = values.reduce((a, b) => a + b, 0);
  const allowed = tolerance * Math.max(summary.norm, scale);
  expect(Math.abs(norm - summary.norm), `${name}: norm`).toBeLessThanOrEqual(allowed);
  // An error of this norm, were it equal in all entries, moves the sum by √size of it.
  expect(Math.abs(sum - summary.sum), `${name}: sum`).toBeLessThanOrEqual(allowed * Math.sqrt(values.length));
  for (const [i, value] of summary.entries as readonly (readonly [number, number])[]) {
    expect(Math.abs(values[i]! - value), `${name}[${i}]`).toBeLessThanOrEqual(allowed);
  }
}

/** Initial weights, logits, gradients and running statistics of a model against what PyTorch computed. */
export function expectLikeTorch(model: Model, fixture: TorchFixture, image?: readonly number[]): void {
  tidy(() => {
    const weights = model.initialize(torchRandom(42).uniform);
    const imageOf = (name: string) => (name === 'fc1.weight' ? image : undefined);
    const names = model.parameters.map(({ name }) => name);
    expect(names).toEqual(Object.keys(fixture.parameters));
    weights.parameters.forEach((tensor, i) => {
      const name = names[i]!;
      // Equal bit for bit: only the order of summation differs.
      expectSummary(inTorchOrder(tensor, imageOf(name)), fixture.parameters[name]!, 1e-12, 0, name);
    });

    const inputs = fixtureInputs([fixture.labels.length, ...model.inputShape]);
    const { logits, cache, statistics } = model.forward(weights, inputs, 'training');
    // PyTorch computed in float64: the distance is our float32's through 8 layers, some 1e-6 each.
    expect(relativeError(logits, fixture.logits.flat())).toBeLessThan(1e-5);

    const gradients = model.vjp(weights, cache, crossEntropyGradient(logits, fixture.labels));
    // The bias before a batch norm has gradient zero, reached by cancelling terms of the filter's size.
    const scale = Math.max(...Object.values(fixture.gradients).map(({ norm }) => norm));
    gradients.forEach((gradient, i) => {
      const name = names[i]!;
      expectSummary(
        inTorchOrder(gradient, imageOf(name)),
        fixture.gradients[name]!,
        2e-5,
        scale * 0.05,
        name,
      );
    });

    expect(model.statistics.map(({ name }) => torchName(name))).toEqual(Object.keys(fixture.statistics));
    statistics.forEach((tensor, i) => {
      const name = torchName(model.statistics[i]!.name);
      expectSummary(inTorchOrder(tensor), fixture.statistics[name]!, 1e-5, 0, name);
    });
    const evaluated = model.predict({ ...weights, statistics }, inputs);
    expect(relativeError(evaluated, fixture.evaluationLogits.flat())).toBeLessThan(1e-5);
  });
}

/** (softmax(z) − onehot(labels)) / batch, `[batch, classes]`. */
function crossEntropyGradient(logits: Tensor2D, labels: readonly number[]): Tensor2D {
  const target = cast(oneHot(tensor1d([...labels], 'int32'), logits.shape[1]), 'float32');
  return div(sub(softmax(logits), target), labels.length) as Tensor2D;
}
