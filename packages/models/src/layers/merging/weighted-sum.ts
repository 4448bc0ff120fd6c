import { addN, mul, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { MergingLayer, Tensors } from '../../types.js';
import { linearMerging } from '../rules/linear-merging.js';
import { broadcastShape, repeatTo, sumTo } from './broadcast.js';

interface SummedShapes {
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
}

/** y = Σ c_k x_k with constants c_k = `weightOf(k, inputs)`: the rules of `add`, `subtract` and `average`. */
export const weightedSum = (
  name: string,
  weightOf: (k: number, inputs: number) => number,
): MergingLayer<SummedShapes> => {
  const shapeOf = (shapes: readonly (readonly number[])[]) => broadcastShape(name, shapes);
  const summed = (inputs: readonly (Tensor | undefined)[], shape: readonly number[]): Tensor =>
    tidy(() => {
      const terms: Tensor[] = inputs.flatMap((input, k) => {
        if (input === undefined) return [];
        return repeatTo(scaled(input, weightOf(k, inputs.length)), shape);
      });
      return terms.length > 0 ? addN(terms) : zeros([...shape]);
    });
  return linearMerging({
    name,
    parameters: [],
    statistics: [],
    mergedShape: shapeOf,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward({ statistics }, inputs: Tensors) {
      const batch = inputs[0]?.shape[0] ?? 0;
      const shape = [batch, ...shapeOf(inputs.map((input) => input.shape.slice(1)))];
      const cache = { inputs: inputs.map((input) => input.shape), output: shape };
      return { output: summed(inputs, shape), cache, statistics };
    },
    vjp: (_weights, { inputs }, cotangent, wantInputs) =>
      scoped(() => ({
        parameters: [],
        inputs: inputs.map((shape, k) =>
          wantInputs[k] ? sumTo(scaled(cotangent, weightOf(k, inputs.length)), shape) : undefined,
        ),
      })),
    jvp: (_weights, { output }, _parameterTangents, inputTangents) => summed(inputTangents, output),
  });
};

const scaled = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : mul(x, factor));
