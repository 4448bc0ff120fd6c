import { expectNoLeak } from '@metadistill/testing';
import { mul, sum, type Tensor, tensor, tidy, type Variable, variableGrads } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, it, vi } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';
import { expectWithin } from '../../test/expect-within.js';
import { randomValues } from '../../test/random-values.js';

const [epsilon, momentum] = [1e-3, 0.9];
const sizeOf = (shape: readonly number[]) => shape.reduce((size, axis) => size * axis, 1);

interface Case {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly scale?: boolean;
  readonly center?: boolean;
}

const cases: Case[] = [
  { shape: [64, 3], axis: -1 },
  { shape: [4, 5, 6, 7], axis: -1 },
  { shape: [4, 5, 6], axis: 2, scale: false },
  { shape: [4, 5, 6, 3], axis: 1 },
  { shape: [8, 5, 6], axis: 1, center: false },
  { shape: [4, 2, 3, 2, 5], axis: -1, scale: false, center: false },
];

/** Each position of x with its channel. */
function channelOf({ shape, axis }: Case, at: number): number {
  const channelAxis = axis < 0 ? axis + shape.length : axis;
  return Math.floor(at / sizeOf(shape.slice(channelAxis + 1))) % shape[channelAxis]!;
}

/** In float64: the norm of x by its own moments, and the gradients of Σ g · y. */
function reference(of: Case, x: ArrayLike<number>, g: ArrayLike<number>, gamma: number[], beta: number[]) {
  const channels = gamma.length;
  const perChannel = () => new Float64Array(channels);
  const rows = x.length / channels;
  const [mean, variance, dBeta, dGamma, size] = Array.from({ length: 5 }, perChannel) as Float64Array[];
  const each = (visit: (i: number, c: number) => void) => {
    for (let i = 0; i < x.length; i++) visit(i, channelOf(of, i));
  };
  each((i, c) => (mean![c]! += x[i]! / rows));
  each((i, c) => (variance![c]! += (x[i]! - mean![c]!) ** 2 / rows));
  const normalised = Float64Array.from(x, (value, i) => {
    const c = channelOf(of, i);
    return (value - mean![c]!) / Math.sqrt(variance![c]! + epsilon);
  });
  each((i, c) => {
    dBeta![c]! += g[i]!;
    dGamma![c]! += g[i]! * normalised[i]!;
    size![c]! += Math.abs(g[i]!) * (1 + Math.abs(normalised[i]!));
  });
  const y = normalised.map((value, i) => value * gamma[channelOf(of, i)]! + beta[channelOf(of, i)]!);
  const dx = normalised.map((value, i) => {
    const c = channelOf(of, i);
    const slope = gamma[c]! / Math.sqrt(variance![c]! + epsilon);
    return slope * (g[i]! - dBeta![c]! / rows - (value * dGamma![c]!) / rows);
  });
  return { y, dx, mean: mean!, variance: variance!, dGamma: dGamma!, dBeta: dBeta!, size: size! };
}

const tests = () => {
  it.each(cases)(
    '$shape along axis $axis, scale $scale, center $center: as by the definition',
    async (of) => {
      const { shape, axis, scale = true, center = true } = of;
      const channels = shape.at(axis)!;
      const layer = layers.batchNormalization({ axis, scale, center, epsilon, momentum });
      layer.build([...shape]);
      const [gamma, beta] = [1, 2].map((seed) => Array.from(randomValues(channels, seed), Math.abs));
      const given = [...(scale ? [gamma!] : []), ...(center ? [beta!] : [])];
      const start = [
        randomValues(channels, 3),
        randomValues(channels, 4).map((value) => 1 + Math.abs(value)),
      ];
      tidy(() => layer.setWeights([...given, ...start].map((values) => tensor(values))));
      const x = randomValues(sizeOf(shape), 5).map((value) => value + 0.5);
      const g = randomValues(sizeOf(shape), 6);
      const exact = reference(
        of,
        x,
        g,
        scale ? gamma! : Array(channels).fill(1),
        center ? beta! : Array(channels).fill(0),
      );
      const image = tensor(x, [...shape]).variable() as Variable;
      const cotangent = tensor(g, [...shape]);
      // Sums of as many terms as there are rows; a relative error of the deviation enters each value.
      const bound = (sizeOf(shape) / channels + 20) * 2 ** -24;
      const ones = (values: Float64Array, least = 1) => values.map((value) => least + 2 * Math.abs(value));

      await expectNoLeak(() =>
        tidy(() => {
          const trainable = layer.trainableWeights.map((weight) => weight.read() as Variable);
          let y: Tensor | undefined;
          const { grads } = variableGrads(() => {
            y = layer.apply(image, { training: true }) as Tensor;
            expectWithin(bound, y.dataSync(), exact.y, ones(exact.y, 3));
            return sum(mul(y, cotangent));
          }, [image, ...trainable]);
          expectWithin(bound, grads[image.name]!.dataSync(), exact.dx, ones(exact.dx, 8));
          const [dGamma, dBeta] = scale ? [trainable[0], trainable[1]] : [undefined, trainable[0]];
          if (dGamma) expectWithin(2 * bound, grads[dGamma.name]!.dataSync(), exact.dGamma, exact.size);
          if (dBeta) expectWithin(bound, grads[dBeta.name]!.dataSync(), exact.dBeta, exact.size);
        }),
      );

      const moved = layer
        .getWeights()
        .slice(-2)
        .map((weight) => weight.dataSync());
      for (const [i, values] of [exact.mean, exact.variance].entries()) {
        const expected = values.map((value, c) => momentum * start[i]![c]! + (1 - momentum) * value);
        expectWithin(bound, moved[i]!, expected, ones(expected));
      }

      const [movedMean, movedVariance] = moved as [Float32Array, Float32Array];
      const evaluated = tidy(() => (layer.apply(image) as Tensor).dataSync());
      const expected = Float64Array.from(x, (value, i) => {
        const c = channelOf(of, i);
        const slope = (scale ? gamma![c]! : 1) / Math.sqrt(movedVariance[c]! + epsilon);
        return (value - movedMean[c]!) * slope + (center ? beta![c]! : 0);
      });
      expectWithin(10 * 2 ** -24, evaluated, expected, ones(expected, 3));
      for (const weight of layer.weights) weight.dispose();
      image.dispose();
      cotangent.dispose();
    },
  );

  it('calls its hook, as every layer does', () => {
    const layer = layers.batchNormalization();
    const hook = vi.fn();
    layer.setCallHook(hook);
    const x = tensor([1, 2], [2, 1]);
    tidy(() => layer.apply(x, { training: true }) as Tensor);
    expect(hook).toHaveBeenCalledWith(x, { training: true });
    x.dispose();
    layer.dispose();
  });
};

describeEachBuild("tfjs-layers' batch normalization", tests);
describeCpu("tfjs-layers' batch normalization", tests);
