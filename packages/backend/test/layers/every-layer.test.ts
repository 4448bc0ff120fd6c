import { fill, grad, mul, sum, type Tensor, tensor, tidy, train } from '@tensorflow/tfjs-core';
import { input, type LayersModel, model as makeModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { selectBackend } from '../../src/select-backend.js';
import { randomValues } from '../random-values.js';
import { alongDirection } from './along-direction.js';
import './chained-flatten.js';
import { inFloat64 } from './in-float64.js';
import { type LayerCase, layerCases } from './layer-cases.js';

const batch = 3;
/** Of central differences in float64: what they leave out is of its square, what they round of 1e-16 / step. */
const step = 1e-5;

function build({ inputShape, stack }: LayerCase): LayersModel {
  const inputs = input({ shape: [...inputShape] });
  let outputs = inputs;
  for (const layer of stack()) outputs = layer.apply(outputs) as SymbolicTensor;
  return makeModel({ inputs, outputs });
}

const sizeOf = (shape: readonly (number | null)[]) =>
  shape.reduce<number>((size, length) => size * length!, 1);

/** Weights of both signs but for variances, all of which a float32 holds. */
function drawWeights(layersModel: LayersModel): number[][] {
  return layersModel.weights.map(({ shape, originalName }, i) => {
    const values = Array.from(randomValues(sizeOf(shape), i + 11), (value) => Math.fround(0.7 * value));
    return originalName.includes('variance') ? values.map((value) => Math.fround(0.5 + value ** 2)) : values;
  });
}

function setWeights(layersModel: LayersModel, weights: readonly (readonly number[])[]): void {
  tidy(() => {
    layersModel.setWeights(
      layersModel.weights.map(({ shape }, i) => tensor([...weights[i]!], shape as number[])),
    );
  });
}

/** Leaves NaN in memory that is then free, for kernels that read what they have not written. */
function soilMemory(): void {
  tidy(() => {
    for (const size of [4, 12, 40, 120, 360, 1000, 3000])
      for (let i = 0; i < 4; i++) fill([size], Number.NaN).dataSync();
  });
}

/** Moves values along a direction. */
const moved = (values: readonly number[], direction: ArrayLike<number>, by: number) =>
  values.map((value, i) => value + by * direction[i]!);

describe('every layer on wasm, against float64', () => {
  beforeAll(async () => {
    await selectBackend({ prefer: 'wasm' });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
  });

  it.each(layerCases)('$name', async (layerCase) => {
    // Layers without a seed draw one: the same, in every pass.
    vi.spyOn(Math, 'random').mockReturnValue(0.42);
    const { inputShape, integersBelow, penalty } = layerCase;
    const shape = [batch, ...inputShape];
    const values = Array.from(randomValues(sizeOf(shape), 5), (value) =>
      integersBelow === undefined ? value : Math.floor(Math.abs(value) * 1000) % integersBelow,
    );
    // Masks hide the last two steps of the second sequence.
    if (layerCase.name.startsWith('masking'))
      values.fill(0, sizeOf(inputShape) * 2 - 6, sizeOf(inputShape) * 2);

    soilMemory();
    const onWasm = build(layerCase);
    const weights = drawWeights(onWasm);
    setWeights(onWasm, weights);
    const x = tensor(values, shape);
    const predicted = onWasm.predict(x) as Tensor;
    const outputShape = predicted.shape;
    const cotangent = Array.from(randomValues(sizeOf(outputShape), 6));
    const targets = Array.from(randomValues(sizeOf(outputShape), 7));
    const inputGradient =
      integersBelow !== undefined
        ? undefined
        : tidy(() =>
            grad((at) => sum(mul(onWasm.apply(at) as Tensor, tensor(cotangent, outputShape))))(x).dataSync(),
          );
    onWasm.compile({ optimizer: train.sgd(1), loss: 'meanSquaredError' });
    const trainable = onWasm.trainableWeights.map((weight) => onWasm.weights.indexOf(weight));
    await onWasm.fit(x, tensor(targets, outputShape), {
      batchSize: batch,
      epochs: 1,
      shuffle: false,
      verbose: 0,
    });
    const after = onWasm.getWeights().map((weight) => Array.from(weight.dataSync()));
    const output = Array.from(predicted.dataSync());

    await inFloat64(() => {
      const reference = build(layerCase);
      const outputOf = (at: readonly number[], training: boolean) =>
        tidy(() => {
          const result = reference.apply(tensor([...at], shape), { training }) as Tensor;
          expect(result.shape).toEqual(outputShape);
          return Array.from(result.dataSync());
        });
      setWeights(reference, weights);
      const exact = outputOf(values, false);
      const scale = Math.max(1, ...exact.map(Math.abs));
      for (const [i, value] of exact.entries())
        expect(Math.abs(output[i]! - value) / scale).toBeLessThan(1e-5);

      if (inputGradient) {
        // A value that a mask compares with stays as it is: the mask is not differentiable there.
        const direction = randomValues(values.length, 8).map((by, i) => (values[i] === 0 ? 0 : by));
        const project = (by: number) =>
          outputOf(moved(values, direction, by), false).reduce((total, y, i) => total + y * cotangent[i]!, 0);
        const difference = (project(step) - project(-step)) / (2 * step);
        const { value, bound } = alongDirection(inputGradient, direction);
        expect(
          Math.abs(value - difference),
          `gradient of the input: ${value} for ${difference}`,
        ).toBeLessThan(bound);
      }

      const lossAt = (moves: readonly (readonly number[])[]) => {
        setWeights(reference, moves);
        const y = outputOf(values, true);
        const squares = y.reduce((total, at, i) => total + (at - targets[i]!) ** 2, 0);
        return squares / y.length + (penalty?.(moves) ?? 0);
      };
      for (const i of trainable) {
        const direction = randomValues(weights[i]!.length, i + 9);
        const along = (by: number) =>
          lossAt(weights.map((weight, k) => (k === i ? moved(weight, direction, by) : weight)));
        const difference = (along(step) - along(-step)) / (2 * step);
        const gradient = weights[i]!.map((weight, k) => weight - after[i]![k]!);
        const { value, bound } = alongDirection(gradient, direction);
        const name = onWasm.weights[i]!.originalName;
        expect(Math.abs(value - difference), `step of ${name}: ${value} for ${difference}`).toBeLessThan(
          bound,
        );
      }
      // Moving averages, which `fit` moves too.
      setWeights(reference, weights);
      outputOf(values, true);
      for (const [i, weight] of reference.getWeights().entries()) {
        if (trainable.includes(i)) continue;
        for (const [k, value] of Array.from(weight.dataSync()).entries())
          expect(Math.abs(after[i]![k]! - value)).toBeLessThan(1e-5);
      }
    });
    onWasm.dispose();
  });
});
