import {
  avgPool,
  avgPool3d,
  engine,
  maxPool,
  maxPool3d,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../src/backend-name.js';
import { selectBackend } from '../src/select-backend.js';
import { expectWithin } from './expect-within.js';
import { type PoolingCase, poolingWindows } from './reference-pooling.js';

const size = fc.integer({ min: 1, max: 7 });
const stride = fc.integer({ min: 1, max: 5 });
const side = fc.integer({ min: 1, max: 8 });
const around = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));

/** Images with padding per side, or volumes, whose padding is the same on every side. */
const poolings = (rank: 2 | 3): fc.Arbitrary<PoolingCase> =>
  fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    shape: fc.tuple(rank === 3 ? fc.integer({ min: 1, max: 5 }) : fc.constant(1), side, side),
    channels: fc.integer({ min: 1, max: 6 }),
    size: fc.tuple(rank === 3 ? size : fc.constant(1), size, size),
    strides: fc.tuple(rank === 3 ? stride : fc.constant(1), stride, stride),
    pad: fc.oneof(
      { arbitrary: fc.constant<PoolingCase['pad']>('same'), weight: 2 },
      { arbitrary: fc.constant<PoolingCase['pad']>('valid'), weight: 1 },
      {
        arbitrary:
          rank === 3
            ? fc.integer({ min: 1, max: 3 }).map((pad) => [0, 1, 2].map(() => [pad, pad] as const))
            : fc.tuple(around, around).map(([rows, columns]) => [[0, 0] as const, rows, columns]),
        weight: 1,
      },
      ...(rank === 2
        ? [{ arbitrary: fc.integer({ min: 0, max: 3 }) as fc.Arbitrary<PoolingCase['pad']>, weight: 2 }]
        : []),
    ),
    rounding: fc.constantFrom(undefined, 'floor', 'ceil', 'round'),
  });

/** Whole numbers, most of them negative: windows without a positive value, and many ties. */
const valuesOf = (length: number, seed: number) =>
  Float32Array.from(
    { length },
    (_, i) => (((Math.imul(i + 1, 2654435761) ^ Math.imul(seed + 7, 40503)) >>> 11) % 13) - 10,
  );

type Rounding = PoolingCase['rounding'];

interface Pooling {
  readonly kernel: 'MaxPool' | 'AvgPool';
  readonly rank: 2 | 3;
  readonly op: (x: Tensor, size: number[], strides: number[], pad: never, rounding?: Rounding) => Tensor;
}

const kinds: readonly Pooling[] = [
  { kernel: 'MaxPool', rank: 2, op: maxPool as never },
  { kernel: 'MaxPool', rank: 3, op: maxPool3d as never },
  { kernel: 'AvgPool', rank: 2, op: avgPool as never },
  { kernel: 'AvgPool', rank: 3, op: avgPool3d as never },
];

describe.each<BackendName>(['wasm', 'cpu'])('pooling of random geometries on %s', (backendName) => {
  beforeAll(async () => {
    await selectBackend({ prefer: backendName });
    return async () => void (await selectBackend({ prefer: 'cpu' }));
  });

  it.each(kinds)(
    '$kernel of rank $rank: value and gradient are the definition, or a sentence',
    ({ kernel, rank, op }) => {
      let pooled = 0;
      fc.assert(
        fc.property(poolings(rank), fc.nat(99), (pooling, seed) => {
          const { batch, shape, channels, strides, pad } = pooling;
          const image = rank === 2 ? 1 : 0;
          const inputShape = [batch, ...shape.slice(image), channels];
          const x = valuesOf(
            inputShape.reduce((product, length) => product * length),
            seed,
          );
          const tfjsPad = !Array.isArray(pad)
            ? pad
            : rank === 3
              ? pad[0]![0]
              : [[0, 0], ...pad.slice(1), [0, 0]];
          // TensorFlow.js takes none with 'same' and 'valid'.
          const rounding = typeof pad === 'string' ? undefined : pooling.rounding;
          const filterSize = pooling.size.slice(image);
          const pool = () =>
            op(tensor(x, inputShape), filterSize, strides.slice(image), tfjsPad as never, rounding);
          const reference = poolingWindows(pooling);
          if (reference === undefined) {
            expect(() => tidy(pool)).toThrow(
              /does not meet the images of \[.*Use a smaller window or less padding/,
            );
            return;
          }
          pooled += 1;
          const { windows } = reference;
          const winners = windows.map((window) =>
            window.reduce((best, at) => (x[at]! > x[best]! ? at : best)),
          );
          const dy = valuesOf(windows.length, seed + 1);
          const [dx, terms] = [new Float64Array(x.length), new Float64Array(x.length)];
          const y = windows.map((window, i) => {
            const positions = kernel === 'MaxPool' ? [winners[i]!] : window;
            for (const at of positions) {
              dx[at]! += dy[i]! / positions.length;
              terms[at]! += Math.abs(dy[i]! / positions.length);
            }
            return positions.reduce((sum, at) => sum + x[at]! / positions.length, 0);
          });
          tidy(() => {
            const output = pool();
            const outputShape = [batch, ...reference.shape.slice(1 + image)];
            expect(output.shape).toEqual(outputShape);
            // Sums of whole numbers below 2^24 are exact: what is left is one division, in XNNPACK a product with 1 / n.
            const oneDivision = 2 ** -22;
            expectWithin(
              oneDivision,
              output.dataSync(),
              y,
              windows.map((window) => window.reduce((sum, at) => sum + Math.abs(x[at]!) / window.length, 0)),
            );
            const name = `${kernel}${rank === 3 ? '3D' : ''}Grad`;
            const inputs = { dy: tensor(dy, outputShape), input: tensor(x, inputShape), output };
            const attributes = {
              filterSize,
              strides: strides.slice(image),
              pad: tfjsPad,
              dimRoundingMode: rounding,
            };
            const gradient = engine().runKernel(name, inputs, attributes as never) as Tensor;
            // One division per window and up to 7³ additions of what they give.
            expectWithin(343 * 2 ** -23, gradient.dataSync(), dx, terms);
            if (kernel === 'MaxPool' || backendName === 'cpu') return;
            const ofShape = { ...attributes, inputShape };
            const same = engine().runKernel(
              'MetadistillAveragePoolGrad',
              { dy: inputs.dy },
              ofShape as never,
            );
            expect((same as Tensor).dataSync()).toEqual(gradient.dataSync());
          });
        }),
        { numRuns: 600 },
      );
      expect(pooled).toBeGreaterThan(200);
    },
  );
});
