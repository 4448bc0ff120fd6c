import { mean, type Scalar, square, sub, type Tensor, tensor, tidy, train } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../../src/select-backend.js';
import { randomValues } from '../random-values.js';
import { alongDirection } from './along-direction.js';
import { inFloat64 } from './in-float64.js';
import { constraintsOfWeights, type LossCase, lossCases, metricCases, optimizers } from './training-cases.js';

const [batch, inputs, units] = [6, 4, 3];
const examples = Array.from(randomValues(batch * inputs, 1));
const weights = [Array.from(randomValues(inputs * units, 2)), Array.from(randomValues(units, 3))] as const;

const dense = (
  activation: LossCase['activation'],
  kernelConstraint?: ReturnType<typeof constraintsOfWeights.nonNeg>,
) =>
  sequential({
    layers: [
      layers.dense({
        units,
        activation,
        inputShape: [inputs],
        ...(kernelConstraint && { kernelConstraint }),
      }),
    ],
  });

function setWeights(
  layersModel: LayersModel,
  [kernel, bias]: readonly [readonly number[], readonly number[]] = weights,
) {
  tidy(() => layersModel.setWeights([tensor([...kernel], [inputs, units]), tensor([...bias], [units])]));
}

/** Targets of each kind, `[batch, units]`, or `[batch, 1]` of labels. */
function targetsOf(kind: LossCase['targets']): Tensor {
  const values = Array.from(randomValues(batch * units, 4));
  if (kind === 'labels') return tensor([0, 2, 1, 1, 0, 2], [batch, 1]);
  const of: Readonly<Record<Exclude<LossCase['targets'], 'labels'>, (value: number, i: number) => number>> = {
    numbers: (value) => value,
    binary: (value) => (value > 0 ? 1 : 0),
    signs: (value) => Math.sign(value),
    oneHot: (_, i) => (i % units === [0, 2, 1, 1, 0, 2][Math.floor(i / units)] ? 1 : 0),
    probabilities: (_, i) => [0.2, 0.3, 0.5][(i + Math.floor(i / units)) % units]!,
  };
  return tensor(values.map(of[kind]), [batch, units]);
}

const x = () => tensor(examples, [batch, inputs]);
const compiledWith = (
  layersModel: LayersModel,
  loss: LossCase['loss'],
  metric?: string | LossCase['loss'],
) => {
  layersModel.compile({
    optimizer: train.sgd(1),
    loss,
    ...(metric !== undefined && { metrics: [metric as string] }),
  });
  return layersModel;
};
const step = 1e-5;
const once = { batchSize: batch, epochs: 1, shuffle: false, verbose: 0 } as const;

describe('training on wasm, against float64', () => {
  beforeAll(async () => {
    await selectBackend({ prefer: 'wasm' });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
  });

  it.each(Object.entries(lossCases))('the loss %s', async (_, { loss, activation, targets }) => {
    const onWasm = compiledWith(dense(activation), loss);
    setWeights(onWasm);
    const value = (onWasm.evaluate(x(), targetsOf(targets), { batchSize: batch }) as Scalar).dataSync()[0]!;
    await onWasm.fit(x(), targetsOf(targets), once);
    const after = onWasm.getWeights().map((weight) => Array.from(weight.dataSync()));
    await inFloat64(() => {
      const reference = compiledWith(dense(activation), loss);
      const lossAt = (at: readonly [readonly number[], readonly number[]]) => {
        setWeights(reference, at);
        return (reference.evaluate(x(), targetsOf(targets), { batchSize: batch }) as Scalar).dataSync()[0]!;
      };
      const exact = lossAt(weights);
      expect(Math.abs(value - exact) / Math.max(1, Math.abs(exact))).toBeLessThan(1e-5);
      for (const i of [0, 1] as const) {
        const direction = randomValues(weights[i].length, i + 5);
        const along = (by: number) => {
          const moved = weights[i].map((weight, k) => weight + by * direction[k]!);
          return lossAt(i === 0 ? [moved, weights[1]] : [weights[0], moved]);
        };
        const difference = (along(step) - along(-step)) / (2 * step);
        const gradient = weights[i].map((weight, k) => weight - after[i]![k]!);
        const said = alongDirection(gradient, direction);
        expect(gradient.some((by) => Math.abs(by) > 1e-3)).toBe(true);
        expect(Math.abs(said.value - difference), `${said.value} for ${difference}`).toBeLessThan(said.bound);
      }
    });
  });

  it.each(Object.entries(metricCases))('the metric %s', async (_, { metric, activation, targets }) => {
    const measure = () =>
      tidy(() => {
        const measured = compiledWith(dense(activation), 'meanSquaredError', metric);
        const sparse = targets === 'labels';
        if (sparse) compiledWith(measured, 'sparseCategoricalCrossentropy', metric);
        setWeights(measured);
        const results = measured.evaluate(x(), targetsOf(targets), { batchSize: batch }) as Scalar[];
        return results[1]!.dataSync()[0]!;
      });
    const value = measure();
    const exact = await inFloat64(measure);
    expect(Math.abs(value - exact) / Math.max(1, Math.abs(exact))).toBeLessThan(1e-5);
  });

  const threeSteps = async (layersModel: LayersModel, optimizer: string): Promise<number[][]> => {
    layersModel.compile({ optimizer: optimizers[optimizer]!(), loss: 'meanSquaredError' });
    setWeights(layersModel);
    await layersModel.fit(x(), targetsOf('numbers'), { ...once, epochs: 3 });
    return layersModel.getWeights().map((weight) => Array.from(weight.dataSync()));
  };
  const threeStepsInFloat64 = (makeModel: () => LayersModel, optimizer: string): Promise<number[][]> =>
    inFloat64(() => {
      const reference = makeModel();
      setWeights(reference);
      const update = optimizers[optimizer]!();
      const targets = targetsOf('numbers');
      for (let i = 0; i < 3; i++) {
        update.minimize(
          () => mean(square(sub(reference.apply(x(), { training: true }) as Tensor, targets))) as Scalar,
          false,
          reference.trainableWeights.map((weight) => (weight as unknown as { val: never }).val),
        );
      }
      return reference.getWeights().map((weight) => Array.from(weight.dataSync()));
    });

  const expectClose = (got: readonly number[][], exact: readonly number[][]) => {
    // Three steps of sums and square roots in float32, each within some 1e-6 of a weight of about 1.
    for (const [i, values] of exact.entries())
      for (const [k, value] of values.entries()) expect(Math.abs(got[i]![k]! - value)).toBeLessThan(2e-5);
  };

  it.each(Object.keys(optimizers))('three steps of %s', async (optimizer) => {
    const after = await threeSteps(dense('linear'), optimizer);
    expect(after[0]!.some((value, k) => Math.abs(value - weights[0][k]!) > 1e-3)).toBe(true);
    expectClose(after, await threeStepsInFloat64(() => dense('linear'), optimizer));
  });

  it.each(Object.entries(constraintsOfWeights))(
    'three steps under the constraint %s',
    async (_, constraint) => {
      const makeModel = () => dense('linear', constraint() as never);
      expectClose(await threeSteps(makeModel(), 'sgd'), await threeStepsInFloat64(makeModel, 'sgd'));
    },
  );
});
