/** One pooling of a volume, NDHWC; an image has a depth of 1. Arrays are [depth, height, width]. */
export interface PoolingCase {
  readonly batch: number;
  readonly shape: readonly number[];
  readonly channels: number;
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly pad: 'same' | 'valid' | readonly (readonly [before: number, after: number])[];
}

/** The windows of an axis by TensorFlow's definition: the positions of each that are in the image. */
function windowsOf(length: number, size: number, stride: number, pad: PoolingCase['pad'], axis: number) {
  const [before, count] = placeOf(length, size, stride, typeof pad === 'string' ? pad : pad[axis]!);
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const positions = Array.from({ length: size }, (_, k) => i * stride - before + k);
    return positions.filter((at) => at >= 0 && at < length);
  });
}

function placeOf(
  length: number,
  size: number,
  stride: number,
  pad: 'same' | 'valid' | readonly [number, number],
): [before: number, count: number] {
  if (pad === 'same') {
    const count = Math.ceil(length / stride);
    return [Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2), count];
  }
  const [before, after] = pad === 'valid' ? [0, 0] : pad;
  return [before, Math.floor((length + before + after - size) / stride) + 1];
}

/** For each output the indices into x that its window has, in row-major order; undefined if a window has none, or none is left. */
export function poolingWindows(pooling: PoolingCase): { shape: number[]; windows: number[][] } | undefined {
  const { batch, shape, channels, size, strides, pad } = pooling;
  const axes = shape.map((length, axis) => windowsOf(length, size[axis]!, strides[axis]!, pad, axis));
  if (axes.some((axis) => axis.length === 0 || axis.some((positions) => positions.length === 0)))
    return undefined;
  const [planes, rows, columns] = axes as [number[][], number[][], number[][]];
  const [depth, height, width] = shape as [number, number, number];
  const windows: number[][] = [];
  for (let image = 0; image < batch; image++) {
    for (const zs of planes) {
      for (const ys of rows) {
        for (const xs of columns) {
          const pixels = zs.flatMap((z) =>
            ys.flatMap((y) => xs.map((x) => ((image * depth + z) * height + y) * width + x)),
          );
          for (let channel = 0; channel < channels; channel++)
            windows.push(pixels.map((pixel) => pixel * channels + channel));
        }
      }
    }
  }
  return { shape: [batch, planes.length, rows.length, columns.length, channels], windows };
}
