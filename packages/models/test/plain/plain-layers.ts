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

/** How windows lie over an image: zeros before the first row and column, and the output's sides, are given, not derived. */
export interface PlainWindows {
  readonly inputShape: ImageShape;
  /** One number stands for height and width. */
  readonly kernelSize: number | readonly [number, number];
  readonly strides?: number | readonly [number, number];
  readonly dilations?: number | readonly [number, number];
  readonly zerosBefore: number | readonly [number, number];
  readonly outputSides: readonly [number, number];
}

const both = (size: number | readonly [number, number]) => (typeof size === 'number' ? [size, size] : size);

/** Calls back for each pixel that goes into each one that comes out, by a tap of the filter. */
function forEachTap(
  { inputShape, kernelSize, strides = 1, dilations = 1, zerosBefore, outputSides }: PlainWindows,
  visit: (at: {
    readonly input: readonly [number, number, number];
    readonly pixel: number;
    readonly tap: number;
  }) => void,
) {
  const [batch, ...sides] = inputShape;
  const [rows, columns] = both(kernelSize);
  for (const n of range(batch)) {
    for (const i of range(outputSides[0])) {
      for (const j of range(outputSides[1])) {
        for (const k of range(rows!)) {
          for (const l of range(columns!)) {
            const [row, column] = [i, j].map(
              (side, axis) =>
                side * both(strides)[axis]! +
                [k, l][axis]! * both(dilations)[axis]! -
                both(zerosBefore)[axis]!,
            ) as [number, number];
            if (row < 0 || row >= sides[0] || column < 0 || column >= sides[1]) continue;
            const pixel = (n * outputSides[0] + i) * outputSides[1] + j;
            visit({ input: [n, row, column], pixel, tap: k * columns! + l });
          }
        }
      }
    }
  }
}

/** The bias of each output, or zeros. */
const biases = (bias: readonly number[] | undefined, pixels: number, outputs: number): number[] =>
  range(pixels * outputs).map((i) => bias?.[i % outputs] ?? 0);

const pixelsOf = ({ inputShape, outputSides }: PlainWindows) =>
  inputShape[0] * outputSides[0] * outputSides[1];

export const plainConv2d =
  ({ outputs, ...windows }: PlainWindows & { readonly outputs: number }): Plain =>
  ([filter, bias], x) => {
    const channels = windows.inputShape[3];
    const at = offsetOf(windows.inputShape);
    const y = biases(bias, pixelsOf(windows), outputs);
    forEachTap(windows, ({ input, pixel, tap }) => {
      for (const c of range(channels)) {
        for (const o of range(outputs)) {
          y[pixel * outputs + o]! += x[at(...input, c)]! * filter![(tap * channels + c) * outputs + o]!;
        }
      }
    });
    return y;
  };

export const plainConv1d =
  (options: {
    readonly inputShape: readonly [batch: number, steps: number, channels: number];
    readonly kernelSize: number;
    readonly outputs: number;
    readonly strides?: number;
    readonly dilations?: number;
    readonly zerosBefore: number;
    readonly outputSteps: number;
  }): Plain =>
  (parameters, x) => {
    const [batch, steps, channels] = options.inputShape;
    return plainConv2d({
      inputShape: [batch, 1, steps, channels],
      kernelSize: [1, options.kernelSize],
      outputs: options.outputs,
      strides: [1, options.strides ?? 1],
      dilations: [1, options.dilations ?? 1],
      zerosBefore: [0, options.zerosBefore],
      outputSides: [1, options.outputSteps],
    })(parameters, x);
  };

export const plainDepthwise =
  ({ multiplier, ...windows }: PlainWindows & { readonly multiplier: number }): Plain =>
  ([filter, bias], x) => {
    const channels = windows.inputShape[3];
    const at = offsetOf(windows.inputShape);
    const outputs = channels * multiplier;
    const y = biases(bias, pixelsOf(windows), outputs);
    forEachTap(windows, ({ input, pixel, tap }) => {
      for (const o of range(outputs)) {
        y[pixel * outputs + o]! += x[at(...input, Math.floor(o / multiplier))]! * filter![tap * outputs + o]!;
      }
    });
    return y;
  };

/** By the windows of the convolution that goes from the layer's output, `inputShape` here, to its input. */
export const plainConv2dTranspose =
  (windows: PlainWindows): Plain =>
  ([filter, bias], x) => {
    const { inputShape, outputSides } = windows;
    const [batch, height, width, outputs] = inputShape;
    const inputs = x.length / (batch * outputSides[0] * outputSides[1]);
    const at = offsetOf(inputShape);
    const y = biases(bias, batch * height * width, outputs);
    forEachTap(windows, ({ input, pixel, tap }) => {
      for (const o of range(outputs)) {
        for (const c of range(inputs)) {
          y[at(...input, o)]! += x[pixel * inputs + c]! * filter![(tap * outputs + o) * inputs + c]!;
        }
      }
    });
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

/** Rows of so many values, each by its own moments. */
export const plainLayerNorm =
  (values: number, epsilon: number): Plain =>
  ([scale, offset], x) =>
    range(x.length / values).flatMap((n) => {
      const row = x.slice(n * values, (n + 1) * values);
      const { mean, variance } = plainMoments(row, 1);
      return row.map(
        (value, i) => (scale![i]! * (value - mean[0]!)) / Math.sqrt(variance[0]! + epsilon) + offset![i]!,
      );
    });

export const plainEmbedding =
  (outputs: number): Plain =>
  ([weight], x) =>
    x.flatMap((id) => weight!.slice(Math.trunc(id) * outputs, (Math.trunc(id) + 1) * outputs));

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
