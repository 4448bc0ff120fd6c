// Brings the gradients of TensorFlow.js' other operations.
import '@tensorflow/tfjs-layers';
import {
  batchNorm,
  grad,
  grads,
  mul,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../test/describe-backends.js';
import { expectWithin } from '../../test/expect-within.js';
import { randomValues } from '../../test/random-values.js';

const epsilon = 1e-3;
const sizeOf = (shape: readonly number[]) => shape.reduce((size, axis) => size * axis, 1);

interface Case {
  readonly shape: readonly number[];
  /** That of the mean and of what else is not x. */
  readonly perChannel: readonly number[];
}

/** The derivatives of Σ g · y in float64, and the sums of their terms without signs. */
function reference(values: Record<string, ArrayLike<number>>, g: ArrayLike<number>) {
  const { x, mean, variance, scale } = values as Record<string, ArrayLike<number>>;
  const channels = mean!.length;
  const make = () => ({
    x: new Float64Array(x!.length),
    mean: new Float64Array(channels),
    variance: new Float64Array(channels),
    scale: new Float64Array(channels),
    offset: new Float64Array(channels),
  });
  const [exact, terms] = [make(), make()];
  for (let i = 0; i < x!.length; i++) {
    const c = i % channels;
    const inverse = 1 / Math.sqrt(variance![c]! + epsilon);
    const slope = scale![c]! * inverse;
    const add = (name: keyof typeof exact, at: number, value: number, size = Math.abs(value)) => {
      exact[name][at]! += value;
      terms[name][at]! += size;
    };
    const centred = x![i]! - mean![c]!;
    const size = Math.abs(x![i]!) + Math.abs(mean![c]!);
    add('x', i, g[i]! * slope);
    add('mean', c, -g[i]! * slope);
    add('offset', c, g[i]!);
    add('scale', c, g[i]! * centred * inverse, Math.abs(g[i]!) * size * inverse);
    const curvature = -0.5 * slope * inverse ** 2;
    add('variance', c, g[i]! * centred * curvature, Math.abs(g[i]! * curvature) * size);
  }
  return { exact, terms };
}

const cases: Case[] = [
  { shape: [5, 7, 3, 6], perChannel: [6] },
  { shape: [300, 1], perChannel: [1] },
  { shape: [4, 9, 5], perChannel: [5] },
  { shape: [2, 3, 4, 5], perChannel: [5] },
  { shape: [2, 3, 2, 5], perChannel: [2, 3, 2, 5] },
  { shape: [2, 3, 2, 5], perChannel: [1, 1, 1, 5] },
];

const tests = () => {
  it.each(cases)('of x $shape by statistics $perChannel: as by the definition', ({ shape, perChannel }) => {
    const values: Record<string, Float32Array> = {
      x: randomValues(sizeOf(shape), 1),
      mean: randomValues(sizeOf(perChannel), 2),
      variance: randomValues(sizeOf(perChannel), 3).map((value) => 0.5 + Math.abs(value)),
      scale: randomValues(sizeOf(perChannel), 4),
      offset: randomValues(sizeOf(perChannel), 5),
    };
    const g = randomValues(sizeOf(shape), 6);
    const names = Object.keys(values);
    const got = tidy(() => {
      const loss = (...inputs: Tensor[]) => {
        const named = Object.fromEntries(names.map((name, i) => [name, inputs[i]!]));
        const { x, mean, variance, offset, scale } = named as Record<string, Tensor1D>;
        const y = batchNorm(x!, mean!, variance!, offset!, scale!, epsilon);
        return sum(mul(y, tensor(g, [...shape])));
      };
      const inputs = names.map((name) => tensor(values[name]!, [...(name === 'x' ? shape : perChannel)]));
      return grads(loss)(inputs).map((each) => each.dataSync());
    });
    const { exact, terms } = reference(values, g);
    // As many roundings as there are rows at most, and ten before and after.
    const bound = (sizeOf(shape) / sizeOf(perChannel) + 10) * 2 ** -24;
    for (const [i, name] of names.entries()) {
      const key = name as keyof typeof exact;
      expectWithin(bound, got[i]!, exact[key], terms[key]);
    }
  });

  it('needs neither scale nor offset', () => {
    const [mean, variance] = [tensor1d([0.5, -1]), tensor1d([1.5, 2])];
    const [x, g] = [tensor(randomValues(12, 1), [6, 2]), tensor(randomValues(12, 2), [6, 2])];
    tidy(() => {
      const by = (offset?: Tensor1D, scale?: Tensor1D) =>
        grads((...inputs) => {
          const [each, centre, spread] = inputs as [Tensor, Tensor1D, Tensor1D];
          return sum(mul(batchNorm(each, centre, spread, offset, scale, epsilon), g));
        })([x, mean, variance]).map((gradient) => Array.from(gradient.dataSync()));
      const without = by();
      const [zeros, ones] = [tensor1d([0, 0]), tensor1d([1, 1])];
      expect(without).toEqual(by(zeros, ones));
      expect(by(zeros)).toEqual(without);
      expect(by(undefined, ones)).toEqual(without);
    });
  });

  it('has a gradient of its own', () => {
    // y = x · s, so Σ (dy/dx)² = n s² with s² = scale² / (variance + ε), and its slope by scale is 2 n scale / (variance + ε).
    const x = tensor([1, 2, 4], [3, 1]);
    const [mean, variance, offset] = [[2], [3 - epsilon], [0]].map((values) => tensor1d(values));
    const slope = tidy(() => {
      const byScale = grad((scale: Tensor) => {
        const y = (each: Tensor) =>
          sum(batchNorm(each, mean!, variance!, offset!, scale as Tensor1D, epsilon));
        return sum(square(grad(y)(x)));
      });
      return byScale(tensor1d([1.5])).dataSync();
    });
    expect(slope[0]).toBeCloseTo((2 * 3 * 1.5) / 3, 5);
  });
};

describeEachBuild('the gradient of batch norm by given moments', tests);
describeCpu('the gradient of batch norm by given moments', tests);
