import { centralDifference, inFloat64, relativeError } from '@metadistill/testing';
import { add, getBackend, mul, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Layer, Mode, Tensors } from '../src/index.js';
import type { Plain } from './plain/plain-layers.js';
import { scatteredOf, scatteredTensor, tensorOf } from './values.js';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const inner = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!));

/** A layer at a point: where its rules are checked. */
export interface LayerAt {
  readonly layer: Layer;
  /** With the batch axis. */
  readonly inputShape: readonly number[];
  readonly mode?: Mode;
  /** Values of the running statistics; zeros and ones would not show a mistake. */
  readonly statistics?: readonly number[][];
  /** The largest size of an input, so that both sides of every kink are met. Default: 1. */
  readonly spread?: number;
  /** The input, for a layer that does not take any numbers. */
  readonly input?: readonly number[];
}

// Results are sums of at most a few hundred float32 products, each off by 6e-8 of its size.
const ROUNDING = 5e-6;
// A float64 central difference at h = 1e-5 is off by h² times a third derivative, and by 1e-16/h.
const DIFFERENCE = 2e-5;

/** The layer's output, `vjp` and `jvp` against a float64 reference and its central differences. */
export function expectDerivativesOf(reference: Plain, at: LayerAt): void {
  const { layer, inputShape, mode = 'training' } = at;
  const x = inputOf(at);
  const w = layer.parameters.map(({ shape }, i) => scatteredOf(shape, 2 + i));
  const y = reference(w, x);
  const outputShape = [inputShape[0]!, ...layer.outputShape(inputShape.slice(1))];
  const u = scatteredOf(outputShape, 20);
  const inputTangent = scatteredOf(inputShape, 30);
  const tangents = layer.parameters.map(({ shape }, i) => scatteredOf(shape, 31 + i));

  tidy(() => {
    const weights = weightsAt(at.layer, at.statistics);
    const input = tensorOf(x, inputShape);
    const { output, cache } = layer.forward(weights, input, mode);
    expect(output.shape).toEqual(outputShape);
    expect(relativeError(output, y), `${layer.name}.forward (${mode}): output`).toBeLessThan(ROUNDING);

    const gradient = layer.vjp(weights, cache, tensorOf(u, outputShape), true);
    const byInput = centralDifference((moved) => inner(u, reference(w, moved)), x);
    expect(gradient.input!.shape).toEqual(inputShape);
    expect(relativeError(gradient.input!, byInput), `${layer.name}.vjp (${mode}): input`).toBeLessThan(
      DIFFERENCE,
    );
    layer.parameters.forEach(({ name, shape }, i) => {
      const byParameter = centralDifference(
        (moved) =>
          inner(
            u,
            reference(
              w.map((values, j) => (j === i ? moved : values)),
              x,
            ),
          ),
        w[i]!,
      );
      expect(gradient.parameters[i]!.shape).toEqual(shape);
      expect(
        relativeError(gradient.parameters[i]!, byParameter),
        `${layer.name}.vjp (${mode}): ${name}`,
      ).toBeLessThan(DIFFERENCE);
    });

    const along = (withParameters: number, withInput: number) => {
      const h = 1e-5;
      const moved = (step: number) =>
        reference(
          w.map((values, i) => values.map((value, k) => value + step * withParameters * tangents[i]![k]!)),
          x.map((value, k) => value + step * withInput * inputTangent[k]!),
        );
      const backward = moved(-h);
      return moved(h).map((value, k) => (value - backward[k]!) / (2 * h));
    };
    const parameterTangents = tangents.map((values, i) => tensorOf(values, layer.parameters[i]!.shape));
    const both = layer.jvp(weights, cache, parameterTangents, tensorOf(inputTangent, inputShape));
    expect(relativeError(both, along(1, 1)), `${layer.name}.jvp (${mode})`).toBeLessThan(DIFFERENCE);
    const parametersOnly = layer.jvp(weights, cache, parameterTangents, undefined);
    expect(parametersOnly.shape).toEqual(outputShape);
    expect(
      relativeError(parametersOnly, along(1, 0)),
      `${layer.name}.jvp (${mode}): no input tangent`,
    ).toBeLessThan(DIFFERENCE);
  });
}

/** ⟨J v, u⟩ = ⟨v, Jᵀ u⟩ over parameters and input together, to the rounding of the two sums. */
export function expectAdjoint(at: LayerAt, seed = 0): void {
  const { layer, inputShape, mode = 'training' } = at;
  tidy(() => {
    const weights = weightsAt(layer, at.statistics, seed);
    const input = at.input ? tensorOf(at.input, inputShape) : scatteredTensor(inputShape, seed + 1);
    const { output, cache } = layer.forward(weights, input, mode);
    const u = scatteredTensor(output.shape, seed + 40);
    const v = layer.parameters.map(({ shape }, i) => scatteredTensor(shape, seed + 50 + i));
    const vx = scatteredTensor(inputShape, seed + 60);
    const tangent = numbers(layer.jvp(weights, cache, v, vx));
    const gradient = layer.vjp(weights, cache, u, true);
    const forward = tangent.map((value, i) => value * numbers(u)[i]!);
    const backward = [...gradient.parameters, gradient.input!].flatMap((each, i) => {
      const direction = numbers(v[i] ?? vx);
      return numbers(each).map((value, k) => value * direction[k]!);
    });
    // Terms of both signs cancel: rounding is measured against their absolute sum.
    const scale = sum(forward.map(Math.abs)) + sum(backward.map(Math.abs)) + 1e-30;
    // Each sum of a few hundred float32 products is off by 6e-8 of its terms, their own rounding included 1e-6.
    expect(
      Math.abs(sum(forward) - sum(backward)) / scale,
      `${layer.name} (${mode}): ⟨Jv, u⟩ − ⟨v, Jᵀu⟩`,
    ).toBeLessThan(1e-5);
  });
}

/**
 * The second-order rule: in float64 against central differences of the layer's own `vjp`, which is held to a reference
 * elsewhere; on the backend in use against float64.
 */
export async function expectSecondOrder(at: LayerAt): Promise<void> {
  const backend = getBackend();
  const got = secondOrderOf(at);
  await setBackend('cpu');
  const [exact, difference] = inFloat64(() => [secondOrderOf(at), differencesOf(at)] as const);
  await setBackend(backend);
  for (const [rule, expected] of Object.entries(difference)) {
    // Steps of 1e-6, to stay clear of kinks: off by 1e-12 times a third derivative, and by 1e-16 / 1e-6.
    expect(relativeError(exact[rule]!, expected), `${at.layer.name}.secondOrder, ${rule}`).toBeLessThan(1e-7);
    expect(
      relativeError(got[rule]!, exact[rule]!),
      `${at.layer.name}.secondOrder, ${rule}, against float64`,
    ).toBeLessThan(2 * ROUNDING);
  }
}

type Named = Readonly<Record<string, number[]>>;

/** All that the rule gives, for tangents of everything and of the parameters alone, with the input's cotangent or without. */
function secondOrderOf(at: LayerAt): Named {
  const { layer, mode = 'training' } = at;
  const results: Record<string, number[]> = {};
  tidy(() => {
    const { weights, input, cotangent, tangents } = secondOrderPoint(at);
    const { cache } = layer.forward(weights, input, mode);
    for (const wantInput of [true, false]) {
      const pass = layer.secondOrder!(weights, cache, cotangent, wantInput);
      expect(pass.input === undefined).toBe(!wantInput);
      for (const inputTangent of [tangents.input, undefined]) {
        const { output, pullBack } = pass.along(tangents.parameters, inputTangent);
        const moved = pullBack(tangents.cotangent);
        expect(moved.input === undefined).toBe(!wantInput);
        const name = `${inputTangent ? 'all' : 'parameters'}${wantInput ? '' : ', no input'}`;
        results[`${name}: output`] = numbers(output);
        results[`${name}: backward`] = [...pass.parameters, ...(pass.input ? [pass.input] : [])].flatMap(
          numbers,
        );
        results[`${name}: tangent`] = [...moved.parameters, ...(moved.input ? [moved.input] : [])].flatMap(
          numbers,
        );
      }
    }
  });
  return results;
}

/** The same by differences of `forward` and `vjp`. */
function differencesOf(at: LayerAt): Named {
  const { layer, mode = 'training' } = at;
  const results: Record<string, number[]> = {};
  tidy(() => {
    const { weights, input, cotangent, tangents } = secondOrderPoint(at);
    const passAt = (h: number, withInput: boolean, wantInput: boolean) => {
      const along = (a: Tensor, b: Tensor, scale: number) => add(a, mul(b, scale));
      const parameters = weights.parameters.map((p, i) => along(p, tangents.parameters[i]!, h));
      const moved = { ...weights, parameters };
      const forward = layer.forward(moved, along(input, tangents.input, withInput ? h : 0), mode);
      const gradient = layer.vjp(moved, forward.cache, along(cotangent, tangents.cotangent, h), wantInput);
      return {
        output: numbers(forward.output),
        backward: [...gradient.parameters, ...(gradient.input ? [gradient.input] : [])].flatMap(numbers),
      };
    };
    const h = 1e-6;
    const slope = (forward: number[], backward: number[]) =>
      forward.map((value, i) => (value - backward[i]!) / (2 * h));
    for (const wantInput of [true, false]) {
      for (const withInput of [true, false]) {
        const [forward, backward] = [passAt(h, withInput, wantInput), passAt(-h, withInput, wantInput)];
        const name = `${withInput ? 'all' : 'parameters'}${wantInput ? '' : ', no input'}`;
        results[`${name}: output`] = slope(forward.output, backward.output);
        results[`${name}: backward`] = passAt(0, withInput, wantInput).backward;
        results[`${name}: tangent`] = slope(forward.backward, backward.backward);
      }
    }
  });
  return results;
}

function secondOrderPoint(at: LayerAt) {
  const { layer, inputShape } = at;
  const outputShape = [inputShape[0]!, ...layer.outputShape(inputShape.slice(1))];
  return {
    weights: weightsAt(at.layer, at.statistics),
    input: tensorOf(inputOf(at), inputShape),
    cotangent: scatteredTensor(outputShape, 20),
    tangents: {
      input: scatteredTensor(inputShape, 30),
      parameters: layer.parameters.map(({ shape }, i) => scatteredTensor(shape, 31 + i)),
      cotangent: scatteredTensor(outputShape, 50),
    },
  };
}

/** Values of the input of a layer at a point. */
export const inputOf = ({ input, inputShape, spread = 1 }: LayerAt): readonly number[] =>
  input ?? scatteredOf(inputShape, 1).map((value) => spread * value);

/** Weights without pattern, in the shapes that the layer declares; the caller disposes of them. */
export function weightsAt(
  { parameters, statistics }: Pick<Layer, 'parameters' | 'statistics'>,
  given: readonly number[][] = [],
  seed = 0,
): { parameters: Tensors; statistics: Tensors } {
  return {
    parameters: parameters.map(({ shape }, i) => scatteredTensor(shape, seed + 2 + i)),
    statistics: statistics.map(({ shape }, i) => {
      const values = given[i];
      if (values) return tensorOf(values, shape);
      // Variances are positive.
      return tensorOf(
        scatteredOf(shape, seed + 10 + i).map((value) => value + 1.5),
        shape,
      );
    }),
  };
}

const numbers = (tensor: Tensor): number[] => Array.from(tensor.dataSync());
