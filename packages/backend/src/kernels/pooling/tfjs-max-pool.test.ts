import { maxPool, setBackend, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeEachBuild } from '../../../test/describe-backends.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const attributes = { filterSize: [3, 2], strides: [2, 1], pad: 'same', dimRoundingMode: undefined };
const shape: [number, number, number, number] = [2, 7, 6, 5];
const size = 2 * 7 * 6 * 5;
const values = randomValues(size, 9).map((value) => value - 1);

/** Runs on a backend and comes back to wasm. */
async function on(name: string, body: () => number[][]): Promise<number[][]> {
  await setBackend(name);
  const result = body();
  await setBackend('wasm');
  return result;
}

const numbers = (tensors: Tensor[]) => tensors.map((result) => Array.from(result.dataSync()));

describeEachBuild("TensorFlow.js' own max pool kernels", () => {
  it('agree with the cpu backend where most windows are negative, padded and overlapping', async () => {
    const gradient = () =>
      tidy(() => {
        const input = tensor4d(values, shape);
        const output = maxPool(input, [3, 2], [2, 1], 'same');
        const dy = tensor4d(randomValues(output.size, 2).map(Math.fround), output.shape);
        return numbers(runKernel('MaxPoolGrad', { dy, input, output }, attributes));
      });
    const [ours] = gradient() as [number[]];
    const [expected] = (await on('cpu', gradient)) as [number[]];
    for (const [i, value] of expected.entries()) expect(ours[i]).toBeCloseTo(value, 5);
  });

  it.each([false, true])('give the flat index of the winner, with the batch in it: %s', async (batch) => {
    const pool = () =>
      tidy(() => {
        const x = tensor4d(values, shape);
        const withBatch = { ...attributes, includeBatchInIndex: batch };
        return numbers(runKernel('MaxPoolWithArgmax', { x }, withBatch));
      });
    expect(pool()).toEqual(await on('cpu', pool));
  });

  it.each([
    [2, 6, 8, 5],
    [1, 7, 5, 9],
    [3, 2, 3, 1],
  ])('in windows of 2 × 2, the first largest value gets the gradient: %j', (...sides) => {
    const [images, height, width, channels] = sides as [number, number, number, number];
    const [rows, columns] = [height >> 1, width >> 1];
    // Whole numbers: many are equal. A NaN is the largest.
    const x = randomValues(images * height * width * channels, 3).map((value) => Math.round(value) + 0);
    x[channels] = Number.NaN;
    const dy = randomValues(images * rows * columns * channels, 4);
    const expected = new Float32Array(x.length);
    const largest = new Float32Array(dy.length);
    for (const [at, g] of dy.entries()) {
      const [k, pixel] = [at % channels, Math.floor(at / channels)];
      const [c, r, n] = [
        pixel % columns,
        Math.floor(pixel / columns) % rows,
        Math.floor(pixel / columns / rows),
      ];
      const corner = (n * height + 2 * r) * width + 2 * c;
      const window = [0, 1, width, width + 1].map((step) => (corner + step) * channels + k);
      const values = window.map((i) => x[i]!);
      const missing = values.findIndex(Number.isNaN);
      const winner = missing >= 0 ? missing : values.indexOf(Math.max(...values));
      expected[window[winner]!] = g;
      largest[at] = values[winner]!;
    }
    tidy(() => {
      const input = tensor4d(x, [images, height, width, channels]);
      const output = maxPool(input, 2, 2, 'valid');
      expect(Array.from(output.dataSync())).toEqual(Array.from(largest));
      const inputs = { dy: tensor4d(dy, output.shape), input, output };
      const square = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
      const [dx] = runKernel('MaxPoolGrad', inputs, square) as [Tensor];
      expect(Array.from(dx.dataSync())).toEqual(Array.from(expected));
    });
  });

  it.each([
    [1, 3, 1],
    [2, 3, 2],
    [3, 3, 2],
    [3, 2, 1],
    [7, 3, 1],
    [8, 2, 1],
    [20, 5, 3],
    [37, 3, 2],
    [70, 4, 1],
  ])('keep NaN and −Infinity: %i channels in windows of %i every %i', (channels, side, stride) => {
    const [height, width] = [6, 7];
    const x = Float32Array.from(randomValues(height * width * channels, 5), (value, i) =>
      i % 11 === 0 ? Number.NaN : i % 7 < 4 ? Number.NEGATIVE_INFINITY : value,
    );
    tidy(() => {
      const y = maxPool(tensor4d(x, [1, height, width, channels]), side, stride, 'valid');
      const [, rows, columns] = y.shape;
      const expected = Array.from({ length: y.size }, (_, at) => {
        const [channel, pixel] = [at % channels, Math.floor(at / channels)];
        const [row, column] = [stride * Math.floor(pixel / columns), stride * (pixel % columns)];
        const window = Array.from({ length: side * side }, (_, i) => {
          const position = (row + Math.floor(i / side)) * width + column + (i % side);
          return x[position * channels + channel]!;
        });
        return Math.max(...window);
      });
      expect(rows).toBeGreaterThan(0);
      expect(Array.from(y.dataSync())).toEqual(expected);
    });
  });

  it('stay with TensorFlow.js for whole numbers, which says that it takes none', () => {
    const x = tensor4d([1, 2, 3, -4], [1, 2, 2, 1], 'int32');
    expect(() => tidy(() => maxPool(x, 2, 2, 'valid'))).toThrow('only float32 input is supported');
    x.dispose();
  });
});
