import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import {
  type ConvolutionAttributes,
  type ConvolutionGeometry,
  convolutionGeometry,
} from './convolution-geometry.js';
import { convolveImages, type PackedFilter, packBias, packedBytes } from './convolve-images.js';
import { imagesOf } from './windows/plan-windows.js';
import { backwardPhases, type Phase, type Segment } from './windows/window-segments.js';
import { chooseTiles } from './winograd/choose-tiles.js';
import { winogradInputGradient } from './winograd/winograd-convolve.js';

/** Attributes of `Conv2DBackpropInput`. */
export interface InputGradientAttributes extends ConvolutionAttributes {
  readonly inputShape: readonly number[];
}

/**
 * `Conv2DBackpropInput` on wasm: the cotangent of a convolution's input.
 *
 * Each phase of the stride is a convolution of `dy` with the taps that it meets, flipped, inputs and outputs
 * exchanged. `dy` is `[batch, height, width, outputs]` and `filter` `[height, width, inputs, outputs]`.
 *
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes, ranks, channels or sizes do not fit.
 */
export function conv2dInputGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'dy' | 'filter', InputGradientAttributes>): TensorInfo {
  const { dy, filter } = inputs;
  checkTensor('conv2dInputGradient', 'dy', dy, 'float32', 4);
  checkTensor('conv2dInputGradient', 'filter', filter, 'float32', 4);
  const geometry = convolutionGeometry('conv2dInputGradient', attrs.inputShape, filter.shape, attrs);
  checkShape('conv2dInputGradient', 'dy', dy, geometry.outputShape);
  const { height, width } = geometry;
  const runtime = runtimeOf(backend);
  const dx = runtime.makeOutput(attrs.inputShape, 'float32');
  const tiled = chooseTiles(runtime, geometry);
  if (tiled) {
    winogradInputGradient(runtime, tiled, {
      source: runtime.address(dy),
      filter: runtime.address(filter),
      target: runtime.address(dx),
    });
    return dx;
  }
  const source = imagesOf(runtime, dy);
  const target = imagesOf(runtime, dx);
  const [rowPhases, columnPhases] = [backwardPhases(height), backwardPhases(width)];
  const most = (phases: readonly Phase[]) => Math.max(...phases.map(({ taps }) => taps));
  const mostTaps = most(rowPhases) * most(columnPhases);
  const biasAt = packedBytes(mostTaps * geometry.outputs, geometry.inputs);
  // A stride above the filter's size leaves pixels that no window meets: zeros, faster to write over all of dx at once.
  if (![...rowPhases, ...columnPhases].every(meetsAll)) {
    runtime.kernels.zero(target.address, 4 * sizeOf(dx.shape));
  }
  runtime.withScratch(biasAt + packedBytes(1, geometry.inputs), (packed) => {
    packBias(runtime.kernels, packed + biasAt, geometry.inputs, undefined);
    for (const rows of rowPhases.map(whatIsMet)) {
      for (const columns of columnPhases.map(whatIsMet)) {
        const phase = packPhase(runtime, geometry, filter, packed, rows, columns);
        const packedFilter = { ...phase, bias: packed + biasAt };
        convolveImages(
          runtime,
          geometry.batch,
          source,
          target,
          packedFilter,
          rows.segments,
          columns.segments,
        );
      }
    }
  });
  return dx;
}

const isMet = ({ taps }: Segment): boolean => taps > 0;

const meetsAll = ({ segments }: Phase): boolean => segments.every(isMet);

const whatIsMet = (phase: Phase): Phase => ({ ...phase, segments: phase.segments.filter(isMet) });

/** Packs one phase of the filter, `[rows, columns, outputs]` taps × `inputs` channels, flipped in both axes. */
function packPhase(
  { kernels, address }: WasmRuntime,
  { width, inputs, outputs }: ConvolutionGeometry,
  filter: TensorInfo,
  packed: number,
  rows: Phase,
  columns: Phase,
): Omit<PackedFilter, 'bias'> {
  const taps = rows.taps * columns.taps * outputs;
  for (let row = 0; row < rows.taps; row++) {
    for (let column = 0; column < columns.taps; column++) {
      const y = rows.first + rows.step * (rows.taps - 1 - row);
      const x = columns.first + columns.step * (columns.taps - 1 - column);
      const from = address(filter) + (y * width.kernel + x) * inputs * outputs * 4;
      const to = packed + (row * columns.taps + column) * outputs * 32;
      kernels.packFilter(from, to, outputs, inputs, 1, outputs, taps);
    }
  }
  return { address: packed, taps, row: columns.taps * outputs };
}
