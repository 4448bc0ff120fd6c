import { expectNoLeak, relativeError } from '@metadistill/testing';
import { dispose, ones, type Tensor, tensor, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/each-build.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const epsilon = 1e-5;

// Sums of a few thousand float32 terms round to about 1e-6 of their size; a gradient subtracts two of them.
const tolerance = 2e-5;

interface Case {
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly scale: Float32Array;
  readonly offset: Float32Array;
}

const channelsOf = ({ shape }: Case) => shape.at(-1) as number;

/** Batch norm by its definition, in float64, along x + h·dx, scale + h·dScale, offset + h·dOffset. */
function reference(
  values: Case,
  h = 0,
  along?: { dx: Float32Array; dScale: Float32Array; dOffset: Float32Array },
) {
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
          expect(y.shape).toEqual(values.shape);
          expect(relativeError(y, expected.y)).toBeLessThan(tolerance);
          expect(relativeError(variance, expected.variance)).toBeLessThan(tolerance);
          // Against the deviation, not the mean itself: that may be zero.
          const meanError = mean.dataSync().map((m, c) => m - (expected.mean[c] as number));
          expect(Math.max(...meanError.map(Math.abs))).toBeLessThan(tolerance);
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
          expect(relativeError(got, y)).toBeLessThan(tolerance);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('keeps the variance where the mean is ten thousand deviations away', () => {
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
        const h = 1e-5;
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
          expect(relativeError(dy, difference)).toBeLessThan(tolerance);
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
          const size = Math.sqrt(dot(u, u) * dot(dy.dataSync(), dy.dataSync()));
          expect(Math.abs(left - right) / size).toBeLessThan(tolerance);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('leaves no tensor behind', async () => {
    const values = {
      shape: [4, 3],
      x: randomValues(12, 1),
      scale: randomValues(3, 2),
      offset: randomValues(3, 3),
    };
    await expectNoLeak(() => {
      tidy(() => {
        run(values);
      });
    });
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
