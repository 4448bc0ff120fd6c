import { describeValue } from '@metadistill/options';
import type { Padding, Windows } from '../../kernels/padding.js';
import { expectExampleShape, formatBatchShape, type Size2d, sizePair } from '../../shapes.js';

/** Options that say how the windows of a filter lie over an image. */
export interface WindowOptions {
  /** Rows and columns of the filter. */
  readonly kernelSize: Size2d;
  /** Rows and columns from one window to the next. Default 1. */
  readonly strides?: Size2d;
  /**
   * Zeros around the image: `valid` (the default) none, a number that many on each side as in PyTorch, `same` as many
   * as give ⌈size / strides⌉ rows and columns, the odd one at the bottom and right as in TensorFlow.
   */
  readonly padding?: Padding;
  /** Steps between the taps of the filter; above 1 only without strides. Default 1. */
  readonly dilationRate?: Size2d;
}

/** Window options, checked: the filter's sides, its windows, and what they make of an image's sides. */
export interface CheckedWindows {
  readonly kernelSize: readonly [height: number, width: number];
  readonly windows: Windows;
  /** `[height, width]` of what leaves the layer; throws unless images of so many channels enter it. */
  outputSides(inputShape: readonly number[], channels: number): readonly [number, number];
}

/** @throws RangeError if a size is no positive integer, the padding is not smaller than the filter, or it has strides and dilations. */
export function checkWindows(name: string, options: WindowOptions): CheckedWindows {
  const { padding = 'valid' } = options;
  const kernelSize = sizePair(name, 'kernelSize', options.kernelSize);
  const strides = sizePair(name, 'strides', options.strides ?? 1);
  const dilations = sizePair(name, 'dilationRate', options.dilationRate ?? 1);
  expectStridesOrDilations(name, options);
  // Rows and columns from the filter's first tap to its last.
  const [rows, columns] = kernelSize.map((size, axis) => dilations[axis]! * (size - 1) + 1) as [
    number,
    number,
  ];
  expectPadding(name, padding, Math.min(rows, columns));
  return {
    kernelSize,
    windows: { strides, dilations, padding },
    outputSides(inputShape, channels) {
      const advice = 'Images are channels-last; correct inputs or the layer before.';
      expectExampleShape(name, inputShape, [undefined, undefined, channels], advice);
      const side = (axis: 0 | 1, span: number) => outputSide(inputShape[axis]!, span, strides[axis], padding);
      const sides = [side(0, rows), side(1, columns)] as const;
      if (Math.min(...sides) > 0) return sides;
      throw new RangeError(
        `${name}: input has shape ${formatBatchShape(inputShape)}; expected height and width of at least ${rows === columns ? rows : `${rows} and ${columns}`} with padding. Take larger images or pool less.`,
      );
    },
  };
}

/** How many windows there are along a side: windows that reach over so many rows or columns. */
export const outputSide = (side: number, span: number, stride: number, padding: Padding): number =>
  padding === 'same'
    ? Math.ceil(side / stride)
    : Math.floor((side + 2 * (padding === 'valid' ? 0 : padding) - span) / stride) + 1;

/** As in TensorFlow.js, windows have strides or gaps. */
export function expectStridesOrDilations(
  name: string,
  { strides = 1, dilationRate = 1 }: Pick<WindowOptions, 'strides' | 'dilationRate'>,
): void {
  const isOne = (size: Size2d) => [size].flat().every((each) => each === 1);
  if (isOne(strides) || isOne(dilationRate)) return;
  throw new RangeError(
    `${name}: strides is ${describeValue(strides)} and dilationRate ${describeValue(dilationRate)}; expected 1 for one of them.`,
  );
}

/** A padding against the rows or columns that a window reaches over. */
export function expectPadding(name: string, padding: Padding, span: number): void {
  const fits =
    typeof padding === 'number'
      ? Number.isInteger(padding) && padding >= 0 && padding < span
      : padding === 'valid' || padding === 'same';
  if (!fits) {
    throw new RangeError(
      `${name}: padding is ${describeValue(padding)}; expected 'valid', 'same' or an integer from 0 to ${span - 1}. More zeros than that only add constant rows.`,
    );
  }
}
