/**
 * The layers as loops over float64 numbers, straight from their definitions: what forward passes are compared with,
 * and, by central differences, derivatives.
 */
export type Plain = (parameters: readonly number[][], x: readonly number[]) => number[];

type ImageShape = readonly [batch: number, height: number, width: number, channels: number];

const offsetOf =
  ([, height, width, channels]: ImageShape) =>
  (n: number, i: number, j: number, c: number) =>
    ((n * height + i) * width + j) * channels + c;

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

export const plainDense =
  (inputs: number, outputs: number): Plain =>
  ([weight, bias], x) =>
    range(x.length / inputs).flatMap((n) =>
      range(outputs).map((o) =>
        range(inputs).reduce(
          (sum, i) => sum + x[n * inputs + i]! * weight![i * outputs + o]!,
          bias?.[o] ?? 0,
        ),
      ),
    );

/** Zeros before the first row and column, and the output's height and width, are given, not derived. */
export const plainConv2d =
  (options: {
    inputShape: ImageShape;
    kernelSize: number;
    outputs: number;
    strides: number;
    zerosBefore: number;
    outputSides: readonly [number, number];
  }): Plain =>
  ([filter, bias], x) => {
    const { inputShape, kernelSize, outputs, strides, zerosBefore, outputSides } = options;
    const [batch, height, width, channels] = inputShape;
    const at = offsetOf(inputShape);
    const [outputHeight, outputWidth] = outputSides;
    const y: number[] = [];
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < outputHeight; i++) {
        for (let j = 0; j < outputWidth; j++) {
          for (let o = 0; o < outputs; o++) {
            let sum = bias?.[o] ?? 0;
            for (let k = 0; k < kernelSize; k++) {
              for (let l = 0; l < kernelSize; l++) {
                const row = i * strides + k - zerosBefore;
                const column = j * strides + l - zerosBefore;
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                for (let c = 0; c < channels; c++) {
                  const weight = filter![((k * kernelSize + l) * channels + c) * outputs + o]!;
                  sum += x[at(n, row, column, c)]! * weight;
                }
              }
            }
            y.push(sum);
          }
        }
      }
    }
    return y;
  };

/** Mean and biased variance of each channel, the last axis. */
export function plainMoments(x: readonly number[], channels: number) {
  const columns = range(channels).map((c) => x.filter((_, i) => i % channels === c));
  const mean = columns.map((column) => column.reduce((a, b) => a + b, 0) / column.length);
  const variance = columns.map(
    (column, c) => column.reduce((sum, value) => sum + (value - mean[c]!) ** 2, 0) / column.length,
  );
  return { mean, variance };
}

/** By the batch's own moments, or by those given. */
export const plainBatchNorm =
  (channels: number, epsilon: number, moments?: { mean: number[]; variance: number[] }): Plain =>
  ([scale, offset], x) => {
    const { mean, variance } = moments ?? plainMoments(x, channels);
    return x.map((value, i) => {
      const c = i % channels;
      return (scale![c]! * (value - mean[c]!)) / Math.sqrt(variance[c]! + epsilon) + offset![c]!;
    });
  };

export const plainRelu: Plain = (_, x) => x.map((value) => Math.max(value, 0));

/** With the slope that belongs to each value. */
export const plainPrelu =
  (slopeOf: (i: number) => number): Plain =>
  ([slopes], x) =>
    x.map((value, i) => (value > 0 ? value : slopes![slopeOf(i)]! * value));

/** Along the last axis. */
export const plainLogSoftmax =
  (classes: number): Plain =>
  (_, x) =>
    x.map((value, i) => {
      const first = i - (i % classes);
      return (
        value - Math.log(x.slice(first, first + classes).reduce((sum, other) => sum + Math.exp(other), 0))
      );
    });

export const plainMaxPool =
  (inputShape: ImageShape, size: number): Plain =>
  (_, x) => {
    const [batch, height, width, channels] = inputShape;
    const at = offsetOf(inputShape);
    return range(batch).flatMap((n) =>
      range(Math.floor(height / size)).flatMap((i) =>
        range(Math.floor(width / size)).flatMap((j) =>
          range(channels).map((c) =>
            Math.max(
              ...range(size * size).map(
                (k) => x[at(n, i * size + Math.floor(k / size), j * size + (k % size), c)]!,
              ),
            ),
          ),
        ),
      ),
    );
  };

export const plainGlobalAverage =
  ([batch, height, width, channels]: ImageShape): Plain =>
  (_, x) =>
    range(batch).flatMap((n) =>
      range(channels).map((c) => {
        const pixels = range(height * width).map((i) => x[(n * height * width + i) * channels + c]!);
        return pixels.reduce((a, b) => a + b, 0) / pixels.length;
      }),
    );
