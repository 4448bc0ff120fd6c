import { relativeError } from '@metadistill/testing';
import { dispose, ones, type Tensor, tensor, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchNormBound, gradientTerms, normalisedTerms } from '../../../test/batch-norm-terms.js';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { expectWithin } from '../../../test/expect-within.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const epsilon = 1e-5;

interface Case {
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

/** The direction of a derivative. */
interface Along {
  readonly dx: Float32Array;
  readonly dScale: Float32Array;
  readonly dOffset: Float32Array;
}

const channelsOf = ({ shape }: Case) => shape.at(-1)!;
const boundOf = (values: Case) => batchNormBound(values.x.length / channelsOf(values));

/** Batch norm by its definition, in float64, along x + h·dx, scale + h·dScale, offset + h·dOffset. */
function reference(values: Case, h = 0, along?: Along) {
  const channels = channelsOf(values);
  const rows = values.x.length / channels;
  const at = (base: Float32Array, step: Float32Array | undefined, i: number) =>
    (base[i] as number) + h * (step?.[i] ?? 0);
  const y = new Float64Array(values.x.length);
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const column = Float64Array.from({ length: rows }, (_, r) => at(values.x, along?.dx, r * channels + c));
    const m = column.reduce((sum, value) => sum + value, 0) / rows;
    const v = column.reduce((sum, value) => sum + (value - m) ** 2, 0) / rows;
    mean[c] = m;
    variance[c] = v;
    const slope = at(values.scale, along?.dScale, c) / Math.sqrt(v + epsilon);
    for (const [r, value] of column.entries()) {
      y[r * channels + c] = (value - m) * slope + at(values.offset, along?.dOffset, c);
    }
  }
  return { y, mean, variance };
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 2, max: 5 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 1, max: 33 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    shift: fc.constantFrom(0, 0, 3),
  })
  .filter(({ batch, height, width }) => batch * height * width >= 4)
  .map(({ batch, height, width, channels, seed, shift }) => ({
    shape: [batch, height, width, channels],
    x: randomValues(batch * height * width * channels, seed).map((value) => value + shift),
    scale: randomValues(channels, seed + 1).map((value) => value + 1.5),
    offset: randomValues(channels, seed + 2),
  }));

const run = (values: Case) =>
  runKernel(
    'MetadistillBatchNormTraining',
    {
      x: tensor(values.x, [...values.shape]),
      scale: tensor1d(values.scale),
      offset: tensor1d(values.offset),
    },
    { epsilon },
  ) as [Tensor, Tensor, Tensor];

const conditionOf = (values: Case) => ({ ...values, ...reference(values), epsilon });

/** |scale| (|x̂| + κ) + |offset| of each value: the terms of y. */
const outputTerms = (values: Case) =>
  normalisedTerms(conditionOf(values)).map((size, i) => {
    const c = i % channelsOf(values);
    return Math.abs(values.scale[c]!) * size + Math.abs(values.offset[c]!);
  });

/** The terms of the directional derivative. */
function tangentTerms(values: Case, { dx, dScale, dOffset }: Along): Float64Array {
  const normalised = normalisedTerms(conditionOf(values));
  return gradientTerms(conditionOf(values), dx).byX.map((size, i) => {
    const c = i % channelsOf(values);
    return size + Math.abs(dScale[c]!) * normalised[i]! + Math.abs(dOffset[c]!);
  });
}

const absoluteDot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  dot(Array.from(a, Math.abs), Array.from(b, Math.abs));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

describeEachBuild('batch norm in training mode', () => {
  it('normalises by the statistics of the batch, for any number of channels', () => {
    fc.assert(
      fc.property(cases, (values) => {
        tidy(() => {
          const [y, mean, variance] = run(values);
          const expected = reference(values);
          const bound = boundOf(values);
          expect(y.shape).toEqual(values.shape);
          expectWithin(bound, y.dataSync(), expected.y, outputTerms(values));
          const rows = values.x.length / channelsOf(values);
          const sizes = new Float64Array(channelsOf(values));
          for (const [i, value] of values.x.entries()) sizes[i % sizes.length]! += Math.abs(value) / rows;
          expectWithin(bound, mean.dataSync(), expected.mean, sizes);
          // The mean's error enters squared.
          const squares = expected.variance.map((value, c) => value + bound * sizes[c]! ** 2);
          expectWithin(bound, variance.dataSync(), expected.variance, squares);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('normalises by given moments', () => {
    fc.assert(
      fc.property(cases, (values) => {
        tidy(() => {
          const { y, mean, variance } = reference(values);
          const inputs = {
            x: tensor(values.x, [...values.shape]),
            scale: tensor1d(values.scale),
            offset: tensor1d(values.offset),
            mean: tensor1d(Float32Array.from(mean)),
            variance: tensor1d(Float32Array.from(variance)),
          };
          const [got] = runKernel('MetadistillBatchNormEvaluation', inputs, { epsilon }) as [Tensor];
          expect(got.shape).toEqual(values.shape);
          expectWithin(boundOf(values), got.dataSync(), y, outputTerms(values));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the variance when the mean is ten thousand deviations away', () => {
    tidy(() => {
      const rows = 5000;
      const x = randomValues(rows * 2, 5).map((value, i) => value + (i % 2 === 0 ? 1e4 : -3e3));
      const values = { shape: [rows, 2], x, scale: Float32Array.of(1, 1), offset: Float32Array.of(0, 0) };
      const [, , variance] = run(values);
      // The reference sees x as rounded, to 1e-3. A mean that is off by as much moves the variance by 1e-6.
      expect(relativeError(variance, reference(values).variance)).toBeLessThan(1e-5);
    });
  });

  it('has the directional derivative that central differences have, in float64', () => {
    fc.assert(
      fc.property(cases, (values) => {
        const channels = channelsOf(values);
        const along = {
          dx: randomValues(values.x.length, 11),
          dScale: randomValues(channels, 12),
          dOffset: randomValues(channels, 13),
        };
        // The difference errs by (h |dx| / σ)², some 10⁻⁷ of it, for the smallest σ; the bound is 10⁻⁶ or more.
        const h = 1e-4 * Math.sqrt(Math.min(...reference(values).variance) + epsilon);
        const plus = reference(values, h, along).y;
        const minus = reference(values, -h, along).y;
        const difference = plus.map((value, i) => (value - (minus[i] as number)) / (2 * h));
        tidy(() => {
          const [, mean, variance] = run(values);
          const [dy] = runKernel(
            'MetadistillBatchNormTrainingJvp',
            {
              x: tensor(values.x, [...values.shape]),
              dx: tensor(along.dx, [...values.shape]),
              scale: tensor1d(values.scale),
              dScale: tensor1d(along.dScale),
              dOffset: tensor1d(along.dOffset),
              mean,
              variance,
            },
            { epsilon },
          ) as [Tensor];
          const terms = tangentTerms(values, along);
          expectWithin(boundOf(values), dy.dataSync(), difference, terms);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('has a gradient that is the transpose of the directional derivative: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩', () => {
    fc.assert(
      fc.property(cases, (values) => {
        const channels = channelsOf(values);
        const [dx, u] = [randomValues(values.x.length, 21), randomValues(values.x.length, 24)];
        const [dScale, dOffset] = [randomValues(channels, 22), randomValues(channels, 23)];
        tidy(() => {
          const [, mean, variance] = run(values);
          const x = tensor(values.x, [...values.shape]);
          const scale = tensor1d(values.scale);
          const shared = { x, scale, mean, variance };
          const tangents = {
            dx: tensor(dx, [...values.shape]),
            dScale: tensor1d(dScale),
            dOffset: tensor1d(dOffset),
          };
          const [dy] = runKernel(
            'MetadistillBatchNormTrainingJvp',
            { ...shared, ...tangents },
            { epsilon },
          ) as [Tensor];
          const cotangent = { dy: tensor(u, [...values.shape]) };
          const gradient = runKernel(
            'MetadistillBatchNormTrainingGrad',
            { ...shared, ...cotangent },
            { epsilon },
          );
          const [gx, gScale, gOffset] = gradient.map((part) => part.dataSync()) as [
            Float32Array,
            Float32Array,
            Float32Array,
          ];
          const left = dot(u, dy.dataSync());
          const right = dot(gx, dx) + dot(gScale, dScale) + dot(gOffset, dOffset);
          const { byX, byScale, byOffset } = gradientTerms(conditionOf(values), u);
          const size =
            absoluteDot(u, tangentTerms(values, { dx, dScale, dOffset })) +
            absoluteDot(dx, byX) +
            absoluteDot(dScale, byScale) +
            absoluteDot(dOffset, byOffset);
          expect(Math.abs(left - right)).toBeLessThanOrEqual(boundOf(values) * size);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses statistics of another number of channels, and an empty batch', () => {
    const inputs = { x: ones([2, 3]), scale: ones([4]), offset: zeros([3]) };
    expect(() => runKernel('MetadistillBatchNormTraining', inputs, { epsilon })).toThrow(
      /scale has shape \[4\]; expected \[3\]/,
    );
    const empty = { x: zeros([0, 3]), scale: ones([3]), offset: zeros([3]) };
    expect(() => runKernel('MetadistillBatchNormTraining', empty, { epsilon })).toThrow(/not empty/);
    dispose([inputs, empty]);
  });
});
