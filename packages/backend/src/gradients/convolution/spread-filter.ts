import { pad, reshape, slice, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';

/**
 * A filter of an undilated convolution that equals the dilated one: zeros between its taps. Made of operations that every
 * backend has and that have gradients.
 *
 * @returns `[(height − 1) · dilation + 1, (width − 1) · dilation + 1, inputs, outputs]`.
 */
export function spreadFilter(filter: Tensor4D, [rows, columns]: readonly [number, number]): Tensor4D {
  const [height, width, inputs, outputs] = filter.shape;
  return tidy(() => {
    const spread = (values: Tensor, gaps: number): Tensor =>
      pad(values, [
        [0, 0],
        [0, gaps],
        [0, 0],
      ]);
    const byRow = spread(reshape(filter, [height, 1, -1]), rows - 1);
    const byColumn = spread(reshape(byRow, [height * rows * width, 1, -1]), columns - 1);
    const whole: Tensor4D = reshape(byColumn, [height * rows, width * columns, inputs, outputs]);
    return slice(whole, [0, 0, 0, 0], [(height - 1) * rows + 1, (width - 1) * columns + 1, inputs, outputs]);
  });
}

/** What lies at the taps of a spread filter: the inverse of `spreadFilter`, and its gradient. */
export function gatherTaps(
  spread: Tensor4D,
  filterShape: readonly number[],
  [rows, columns]: readonly [number, number],
): Tensor4D {
  const [height, width, inputs, outputs] = filterShape as Tensor4D['shape'];
  return tidy(() => {
    const whole = pad(spread, [
      [0, rows - 1],
      [0, columns - 1],
      [0, 0],
      [0, 0],
    ]);
    const byRow = slice(reshape(whole, [height, rows, -1]), [0, 0, 0], [height, 1, -1]);
    const byColumn = reshape(byRow, [height * width, columns, -1]);
    const taps = slice(byColumn, [0, 0, 0], [height * width, 1, -1]);
    return reshape(taps, [height, width, inputs, outputs]);
  });
}
