/** One pooling of a volume, NDHWC; an image has a depth of 1. Arrays are [depth, height, width]. */
export interface PoolingCase {
  readonly batch: number;
  readonly shape: readonly number[];
  readonly channels: number;
  readonly size: readonly number[];
  readonly strides: readonly number[];
  /** A number is TensorFlow.js' for images: both counts are those of the height's size and stride. */
  readonly pad: 'same' | 'valid' | number | readonly (readonly [before: number, after: number])[];
  readonly rounding?: 'floor' | 'ceil' | 'round' | undefined;
}

/** The windows of an axis by TensorFlow's definition: the positions of each that are in the image. */
function windowsOf(pooling: PoolingCase, axis: number) {
  const [length, size, stride] = [pooling.shape, pooling.size, pooling.strides].map(
    (each) => each[axis]!,
  ) as [number, number, number];
  const [before, count] = placeOf(pooling, axis, length, size, stride);
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const positions = Array.from({ length: size }, (_, k) => i * stride - before + k);
    return positions.filter((at) => at >= 0 && at < length);
  });
}

function placeOf(
  { pad, size: sizes, strides, rounding = 'floor' }: PoolingCase,
  axis: number,
  length: number,
  size: number,
  stride: number,
): [before: number, count: number] {
  if (pad === 'same') {
    const count = Math.ceil(length / stride);
    return [Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2), count];
  }
  if (pad === 'valid') return [0, Math.floor((length - size) / stride) + 1];
  if (typeof pad !== 'number') {
    const [before, after] = pad[axis]!;
    return [before, Math[rounding]((length + before + after - size) / stride) + 1];
  }
  if (axis === 0) return [0, 1];
  return [pad, Math[rounding]((length + 2 * pad - sizes[1]!) / strides[1]!) + 1];
}

/** For each output the indices into x that its window has, in row-major order; undefined if a window has none, or none is left. */
export function poolingWindows(pooling: PoolingCase): { shape: number[]; windows: number[][] } | undefined {
  const { batch, shape, channels } = pooling;
  const axes = shape.map((_, axis) => windowsOf(pooling, axis));
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
