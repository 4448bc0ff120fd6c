import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../call/array-host.js';
import { checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import {
  gradientGeometry,
  type TfjsPoolAttributes,
  type VolumeGeometry,
  volumeGeometry,
} from './volume-geometry.js';

/** `MaxPool3D` on cpu: as on wasm. TensorFlow.js' own places `same` windows elsewhere if the stride is above their size. */
export function maxPool3DOnCpu({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes>): TensorInfo {
  checkTensor('maxPool3D', 'x', x, 'float32', 5);
  const { geometry, outputShape } = volumeGeometry('maxPool3D', x.shape, attrs);
  const { make, floats } = cpuHost(backend);
  const y = make(outputShape, 'float32');
  const [from, to] = [floats(x), floats(y)];
  forEachWindow(geometry, (output, window) => {
    to[output] = from[winnerOf(from, window)]!;
  });
  return y;
}

/** `MaxPool3DGrad` on cpu. Of equal values the first gets the gradient. */
export function maxPool3DGradientOnCpu({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<'dy' | 'input' | 'output', TfjsPoolAttributes>): TensorInfo {
  checkTensor('maxPool3DGrad', 'input', input, 'float32', 5);
  const { geometry } = gradientGeometry('maxPool3DGrad', { dy, input }, attrs);
  const { make, floats } = cpuHost(backend);
  const dx = make(input.shape, 'float32');
  const [cotangent, x, to] = [floats(dy), floats(input), floats(dx)];
  forEachWindow(geometry, (output, window) => {
    to[winnerOf(x, window)]! += cotangent[output]!;
  });
  return dx;
}

/** `AvgPool3D` on cpu: the mean over the positions in the volume, in the windows of TensorFlow. */
export function averagePool3DOnCpu({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<'x', TfjsPoolAttributes>): TensorInfo {
  checkTensor('averagePool3D', 'x', x, 'float32', 5);
  const { geometry, outputShape } = volumeGeometry('averagePool3D', x.shape, attrs);
  const { make, floats } = cpuHost(backend);
  const y = make(outputShape, 'float32');
  const [from, to] = [floats(x), floats(y)];
  forEachWindow(geometry, (output, window) => {
    let sum = 0;
    for (const at of window) sum += from[at]!;
    to[output] = sum / window.length;
  });
  return y;
}

/** `AvgPoolGrad` and `AvgPool3DGrad` on cpu: each window shares its gradient among its positions in the image. */
export function averagePoolGradientOnCpu({
  inputs: { dy, input },
  attrs,
  backend,
}: KernelCall<'dy' | 'input', TfjsPoolAttributes>): TensorInfo {
  const { geometry } = gradientGeometry('averagePoolGrad', { dy, input }, attrs);
  const { make, floats } = cpuHost(backend);
  const dx = make(input.shape, 'float32');
  const [cotangent, to] = [floats(dy), floats(dx)];
  forEachWindow(geometry, (output, window) => {
    const share = cotangent[output]! / window.length;
    for (const at of window) to[at]! += share;
  });
  return dx;
}

/** Calls `visit` with the flat index of each output and those of the values in its window, row-major. */
function forEachWindow(
  geometry: VolumeGeometry,
  visit: (output: number, window: readonly number[]) => void,
): void {
  const [images, depth, height, width, channels, sizeD, sizeH, sizeW, strideD, strideH, strideW, ...rest] =
    geometry;
  const [front, top, left, planes, rows, columns] = rest;
  const zs = positions(depth, sizeD, strideD, front, planes);
  const ys = positions(height, sizeH, strideH, top, rows);
  const xs = positions(width, sizeW, strideW, left, columns);
  let output = 0;
  for (let image = 0; image < images; image++) {
    for (const window of product(zs, ys, xs)) {
      const corners = window.map(([z, y, x]) => (((image * depth + z) * height + y) * width + x) * channels);
      for (let channel = 0; channel < channels; channel++) {
        visit(
          output++,
          corners.map((corner) => corner + channel),
        );
      }
    }
  }
}

/** The windows of one axis, each as its positions in the image. */
function positions(length: number, size: number, stride: number, before: number, count: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    const end = Math.min(start + size, length);
    return Array.from({ length: end - Math.max(start, 0) }, (_, k) => Math.max(start, 0) + k);
  });
}

/** The windows of a volume, row-major, from those of its axes. */
function product(zs: number[][], ys: number[][], xs: number[][]): [number, number, number][][] {
  return zs.flatMap((planes) =>
    ys.flatMap((rows) =>
      xs.map((columns) =>
        planes.flatMap((z) => rows.flatMap((y) => columns.map((x): [number, number, number] => [z, y, x]))),
      ),
    ),
  );
}

/** Where the maximum is: the first of equals; a NaN wins over every number. */
function winnerOf(x: Float32Array, window: readonly number[]): number {
  let winner = window[0]!;
  for (const at of window) {
    const best = x[winner]!;
    if (x[at]! > best || (Number.isNaN(x[at]!) && !Number.isNaN(best))) winner = at;
  }
  return winner;
}
