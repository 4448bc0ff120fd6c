import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { InputGradientAttributes } from '../convolution/conv2d-input-gradient.js';
import { convolutionGeometry } from '../convolution/convolution-geometry.js';
import { imagesOf } from '../convolution/windows/plan-windows.js';
import { backwardPhases, type Phase } from '../convolution/windows/window-segments.js';
import { chunksOf, paddedChannels, widen } from './chunks.js';
import { unclamped } from './depthwise.js';
import { depthwiseImages, filterBytes, segmentBytes } from './depthwise-images.js';

/**
 * `DepthwiseConv2dNativeBackpropInput` on wasm: the cotangent of a depthwise convolution's input.
 *
 * Each phase of the stride is a depthwise convolution of `dy` with the taps that it meets, flipped; the outputs of an
 * input are then added up. `dy` is `[batch, height, width, inputs · multiplier]` and `filter` `[height, width, inputs,
 * multiplier]`, both float32.
 *
 * @returns a tensor of shape `inputShape`.
 * @throws TypeError or RangeError if dtypes, ranks, channels or sizes do not fit.
 */
export function depthwiseInputGradient({
  inputs,
  attrs,
  backend,
}: KernelCall<'dy' | 'filter', InputGradientAttributes>): TensorInfo {
  const { dy, filter } = inputs;
  checkTensor('depthwiseInputGradient', 'dy', dy, 'float32', 4);
  checkTensor('depthwiseInputGradient', 'filter', filter, 'float32', 4);
  const { inputShape } = attrs;
  const geometry = convolutionGeometry(
    'depthwiseInputGradient',
    inputShape,
    filter.shape,
    attrs,
    'depthwise',
  );
  checkShape('depthwiseInputGradient', 'dy', dy, geometry.outputShape);
  const { batch, height, width, outputs } = geometry;
  const times = outputs / geometry.inputs;
  const runtime = runtimeOf(backend);
  const { kernels } = runtime;
  const dx = runtime.makeOutput(inputShape, 'float32');
  const given = { images: imagesOf(runtime, dy), times: 1 };
  const target = { ...imagesOf(runtime, dx), channels: outputs };
  const padded = paddedChannels(outputs);
  const pixels = height.input * width.input;
  const chunks = chunksOf(batch, pixels * padded);
  const segmentsAt = filterBytes(height.kernel * width.kernel, outputs);
  const [rowPhases, columnPhases] = [backwardPhases(height), backwardPhases(width)];
  const phases = [...rowPhases, ...columnPhases].map(({ segments }) => segments);
  const dxAt = segmentsAt + segmentBytes(...phases);
  const mostImages = Math.max(0, ...chunks.map(({ images }) => images));
  runtime.withScratch(dxAt + (times > 1 ? 4 * mostImages * pixels * outputs : 0), (packed) => {
    for (const { first, images } of chunks) {
      const source = widen(kernels, given, { first, images }, 0);
      const address = target.address + 4 * first * pixels * geometry.inputs;
      const summands = { ...target, address: times > 1 ? packed + dxAt : address };
      for (const rows of rowPhases) {
        for (const columns of columnPhases) {
          packPhase(runtime, filter, width.kernel, outputs, padded, packed, rows, columns);
          depthwiseImages(
            runtime,
            packed + segmentsAt,
            images,
            source,
            summands,
            { address: packed, taps: rows.taps * columns.taps, row: columns.taps },
            rows.segments,
            columns.segments,
            unclamped,
          );
        }
      }
      if (times > 1) kernels.sumNeighbours(packed + dxAt, address, images * pixels * geometry.inputs, times);
    }
  });
  return dx;
}

/** Packs one phase of the filter, `[rows, columns, padded]`, flipped in both axes, and a bias of zeros. */
function packPhase(
  { kernels, address }: WasmRuntime,
  filter: TensorInfo,
  width: number,
  channels: number,
  padded: number,
  packed: number,
  rows: Phase,
  columns: Phase,
): void {
  for (let row = 0; row < rows.taps; row++) {
    for (let column = 0; column < columns.taps; column++) {
      const y = rows.first + rows.step * (rows.taps - 1 - row);
      const x = columns.first + columns.step * (columns.taps - 1 - column);
      const from = address(filter) + 4 * (y * width + x) * channels;
      const to = packed + 4 * (row * columns.taps + column) * padded;
      kernels.padChannels(from, to, 1, channels, padded);
    }
  }
  kernels.zero(packed + 4 * rows.taps * columns.taps * padded, 4 * padded);
}
