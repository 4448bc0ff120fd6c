import { backend, type Tensor, tensor, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convolutionGeometry } from '../../src/kernels/convolution/convolution-geometry.js';
import { type TileSide, tiledConvolution } from '../../src/kernels/convolution/winograd/tiling.js';
import {
  winogradConvolve,
  winogradInputGradient,
} from '../../src/kernels/convolution/winograd/winograd-convolve.js';
import { winogradFilterGradient } from '../../src/kernels/convolution/winograd/winograd-filter-gradient.js';
import { selectBackend } from '../../src/select-backend.js';
import type { WasmBackend } from '../../src/wasm/wasm-backend.js';
import { runtimeOf } from '../../src/wasm/wasm-runtime.js';
import { describeEachBuild } from '../describe-backends.js';
import { expectWithin } from '../expect-within.js';
import { addRedZones, type RedZones } from '../memory-safety/red-zones.js';
import { caseOf, drawConvolution, type Geometry } from '../random-geometries.js';
import { randomValues } from '../random-values.js';
import { runKernel } from '../run-kernel.js';
import { tileMagnitudes } from './reference-winograd.js';

const unit = 2 ** -24;

/**
 * Expects that sums are within the rounding of a convolution in tiles: |got − exact| <= n·u / (1 − n·u) · the same computed
 * without signs (Higham, Accuracy and Stability, §3.1). n counts the roundings that a term may go through: its product, one
 * addition for each that it is added to, and of three transforms, which go along two axes of up to six values each,
 * two constants, two products and 2 · 5 additions: at most 14 for each.
 *
 * And since roundings are as often up as down, errors of the whole have to stay within one unit of those magnitudes, as roots
 * of mean squares: a transform that is wrong in its last digits would not.
 */
function expectTiles(
  got: ArrayLike<number>,
  exact: Float64Array,
  magnitudes: Float64Array,
  terms: number,
): void {
  const roundings = terms + 3 * 14 + 2;
  expectWithin((roundings * unit) / (1 - roundings * unit), got, exact, magnitudes);
  const meanSquare = (value: (i: number) => number) =>
    exact.reduce((sum, _, i) => sum + value(i) ** 2, 0) / exact.length;
  expect(Math.sqrt(meanSquare((i) => got[i]! - exact[i]!))).toBeLessThanOrEqual(
    unit * Math.sqrt(meanSquare((i) => magnitudes[i]!)),
  );
}

const geometryOf = (
  [batch, height, width, inputs, outputs]: readonly [number, number, number, number, number],
  pad: Geometry['attributes']['pad'],
  seed = 1,
): Geometry => ({
  xShape: [batch, height, width, inputs],
  filterShape: [3, 3, inputs, outputs],
  attributes: { strides: [1, 1], dilations: [1, 1], pad, dataFormat: 'NHWC' },
  seed,
});

const padding = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }));
const size = fc.integer({ min: 1, max: 11 });
const eights = fc.constantFrom(8, 8, 16, 24);
const geometries = fc
  .record({
    sizes: fc.tuple(fc.integer({ min: 1, max: 3 }), size, size, eights, eights),
    pad: fc.oneof(
      fc.constantFrom<Geometry['attributes']['pad']>('valid', 'same', 'same', 2),
      fc
        .tuple(padding, padding)
        .map(([rows, columns]): Geometry['attributes']['pad'] => [[0, 0], rows, columns, [0, 0]]),
    ),
    seed: fc.nat(),
  })
  .map(({ sizes, pad, seed }) => geometryOf(sizes, pad, seed))
  .filter((geometry) => caseOf(geometry, false) !== undefined);

describeEachBuild('a convolution in tiles', () => {
  let zones: RedZones;
  beforeAll(() => {
    zones = addRedZones((backend() as WasmBackend).wasm, 2 ** 28);
  });
  afterAll(() => zones.remove());

  /** Computes all three passes in tiles, in red zones, and compares each with its definition. */
  function expectEqualToDefinition(geometry: Geometry, side: TileSide): void {
    const shape = caseOf(geometry, false)!;
    const drawn = drawConvolution(shape, geometry);
    const magnitudes = tileMagnitudes(shape, side, drawn.x, drawn.filter, drawn.dy);
    const runtime = runtimeOf(backend());
    const tiled = tiledConvolution(
      convolutionGeometry('test', geometry.xShape, geometry.filterShape, geometry.attributes),
      side,
    )!;
    tidy(() => {
      const x = tensor(drawn.x, geometry.xShape);
      const filter = tensor(drawn.filter, geometry.filterShape);
      const dy = tensor(drawn.dy, drawn.yShape);
      const bias = tensor1d(randomValues(shape.outputs, geometry.seed + 3));
      const [y, dx, dFilter] = [zeros(drawn.yShape), zeros(geometry.xShape), zeros(geometry.filterShape)];
      const at = (of: Tensor) => runtime.address(of);
      for (const of of [y, dx, dFilter]) runtime.floats(at(of), of.size).fill(Number.NaN);
      const operands = { source: at(x), filter: at(filter), bias: at(bias), target: at(y) };
      winogradConvolve(runtime, tiled, operands);
      winogradInputGradient(runtime, tiled, { source: at(dy), filter: at(filter), target: at(dx) });
      winogradFilterGradient(runtime, tiled, { input: at(x), cotangent: at(dy), gradient: at(dFilter) });
      const what = JSON.stringify({ geometry, side });
      zones.check(what);
      const biases = bias.dataSync();
      const exact = drawn.y.values.map((value, i) => value + biases[i % shape.outputs]!);
      const withBias = magnitudes.y.map((value, i) => value + Math.abs(biases[i % shape.outputs]!));
      expectTiles(y.dataSync(), exact, withBias, shape.inputs + 1);
      // A pixel is in up to nine tiles of side 2.
      expectTiles(dx.dataSync(), drawn.dx.values, magnitudes.dx, shape.outputs + 9);
      expectTiles(dFilter.dataSync(), drawn.dFilter.values, magnitudes.dFilter, tiled.tiles + 16);
    });
  }

  it.each([4, 2] as const)(
    'of side %d equals its definition, as do both gradients, for any size and padding',
    (side) => {
      const property = fc.property(geometries, (geometry) => expectEqualToDefinition(geometry, side));
      fc.assert(property, { numRuns: 60 });
    },
  );

  it.each([
    ['in several jobs', geometryOf([5, 22, 23, 8, 16], 'same')],
    ['of more filters than tiles', geometryOf([2, 4, 4, 40, 72], 'same')],
    ['of one tile', geometryOf([1, 4, 4, 64, 64], 'valid')],
    ['of more outputs than go at once, in several blocks of tiles', geometryOf([2, 21, 17, 48, 40], 'valid')],
  ] as const)('equals its definition %s', (_, geometry) => {
    for (const side of [4, 2] as const) expectEqualToDefinition(geometry, side);
  });
});

describe('the kernels of convolutions', () => {
  const attributes = { strides: [1, 1], dilations: [1, 1], pad: 'same' };
  const calls = () => {
    const x = tensor(randomValues(4 * 16 * 16 * 16, 1), [4, 16, 16, 16]);
    const filter = tensor(randomValues(9 * 16 * 32, 2), [3, 3, 16, 32]);
    const dy = tensor(randomValues(4 * 16 * 16 * 32, 3), [4, 16, 16, 32]);
    return [
      ['Conv2D', { x, filter }, attributes],
      ['FusedConv2D', { x, filter }, { ...attributes, activation: 'linear' }],
      ['Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: x.shape }],
      ['Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter.shape }],
    ] as const;
  };
  const results = async (arithmetic: 'fast' | 'direct') => {
    await selectBackend({ prefer: 'wasm', arithmetic });
    return tidy(() =>
      calls().map(([name, inputs, attrs]) => runKernel(name, inputs, attrs)[0]!.dataSync<'float32'>()),
    );
  };
  afterAll(async () => {
    await selectBackend({ prefer: 'cpu' });
  });

  it('compute in tiles if arithmetic is fast, and never if it is direct', async () => {
    const [fast, direct, again] = [await results('fast'), await results('direct'), await results('fast')];
    expect(again).toEqual(fast);
    for (const [i, each] of fast.entries()) {
      expect(each).not.toEqual(direct[i]);
      const largest = direct[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      each.forEach((value, at) => {
        expect(Math.abs(value - direct[i]![at]!)).toBeLessThan(1e-4 * largest);
      });
    }
    expect(fast[1]).toEqual(fast[0]);
  });
});
