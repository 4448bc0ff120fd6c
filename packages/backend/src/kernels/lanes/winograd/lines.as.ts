import { multiplyAdd } from '../multiply-add.as';

/**
 * The transforms of Winograd's convolution along one axis, four channels at a time (Lavin and Gray, Fast Algorithms
 * for Convolutional Neural Networks, 2016): of F(4, 3) at the points 0, ±1, ±2 and ∞, and of F(2, 3) at 0, ±1 and ∞.
 *
 * y = Aᵀ ((G w) ⊙ (Bᵀ x)); the gradients are the same matrices, transposed.
 */
export const enum Lines {
  /** Bᵀ: side + 2 pixels to as many points. */
  Input,
  /** B. */
  InputGradient,
  /** Aᵀ: side + 2 points to `side` pixels. */
  Output,
  /** A. */
  OutputGradient,
  /** G: 3 taps to side + 2 points. */
  Filter,
  /** Gᵀ. */
  FilterGradient,
}

/** How many values a line has before its transform. */
// @ts-ignore: decorator
@inline
export function lengthBefore(lines: Lines, side: i32): i32 {
  return lines === Lines.Filter ? 3 : lines === Lines.OutputGradient ? side : side + 2;
}

/** How many it has after. */
// @ts-ignore: decorator
@inline
export function lengthAfter(lines: Lines, side: i32): i32 {
  return lines === Lines.FilterGradient ? 3 : lines === Lines.Output ? side : side + 2;
}

/** One line of vectors, `step` bytes apart, to another. `lines` and `side` are constants when this is inlined. */
// @ts-ignore: decorator
@inline
export function transformLine(lines: Lines, side: i32, from: usize, step: usize, to: usize, toStep: usize): void {
  if (side === 4) lineOfFour(lines, from, step, to, toStep);
  else lineOfTwo(lines, from, step, to, toStep);
}

// @ts-ignore: decorator
@inline
function lineOfFour(lines: Lines, from: usize, step: usize, to: usize, toStep: usize): void {
  const zero = f32x4.splat(0);
  const before = lengthBefore(lines, 4);
  const i0 = v128.load(from), i1 = v128.load(from + step), i2 = v128.load(from + 2 * step);
  const i3 = before > 3 ? v128.load(from + 3 * step) : zero;
  const i4 = before > 4 ? v128.load(from + 4 * step) : zero;
  const i5 = before > 4 ? v128.load(from + 5 * step) : zero;
  if (lines === Lines.Input) {
    const even = multiplyAdd(i2, f32x4.splat(-4), i4), odd = multiplyAdd(i1, f32x4.splat(-4), i3);
    const evenTwo = f32x4.sub(i4, i2), oddTwo = f32x4.sub(i3, i1);
    v128.store(to, multiplyAdd(i0, f32x4.splat(4), multiplyAdd(i2, f32x4.splat(-5), i4)));
    v128.store(to + toStep, f32x4.add(even, odd));
    v128.store(to + 2 * toStep, f32x4.sub(even, odd));
    v128.store(to + 3 * toStep, multiplyAdd(oddTwo, f32x4.splat(2), evenTwo));
    v128.store(to + 4 * toStep, multiplyAdd(oddTwo, f32x4.splat(-2), evenTwo));
    v128.store(to + 5 * toStep, multiplyAdd(i1, f32x4.splat(4), multiplyAdd(i3, f32x4.splat(-5), i5)));
  } else if (lines === Lines.InputGradient) {
    const sum = f32x4.add(i1, i2), difference = f32x4.sub(i1, i2);
    const sumTwo = f32x4.add(i3, i4), differenceTwo = f32x4.sub(i3, i4);
    const odd = multiplyAdd(differenceTwo, f32x4.splat(2), difference);
    v128.store(to, f32x4.mul(i0, f32x4.splat(4)));
    v128.store(to + toStep, multiplyAdd(f32x4.sub(i5, difference), f32x4.splat(4), f32x4.mul(differenceTwo, f32x4.splat(-2))));
    v128.store(to + 2 * toStep, multiplyAdd(i0, f32x4.splat(-5), multiplyAdd(sum, f32x4.splat(-4), f32x4.neg(sumTwo))));
    v128.store(to + 3 * toStep, multiplyAdd(i5, f32x4.splat(-5), odd));
    v128.store(to + 4 * toStep, f32x4.add(i0, f32x4.add(sum, sumTwo)));
    v128.store(to + 5 * toStep, i5);
  } else if (lines === Lines.Output) {
    const sum = f32x4.add(i1, i2), difference = f32x4.sub(i1, i2);
    const sumTwo = f32x4.add(i3, i4), differenceTwo = f32x4.sub(i3, i4);
    v128.store(to, f32x4.add(f32x4.add(i0, sum), sumTwo));
    v128.store(to + toStep, multiplyAdd(differenceTwo, f32x4.splat(2), difference));
    v128.store(to + 2 * toStep, multiplyAdd(sumTwo, f32x4.splat(4), sum));
    v128.store(to + 3 * toStep, f32x4.add(multiplyAdd(differenceTwo, f32x4.splat(8), difference), i5));
  } else if (lines === Lines.OutputGradient) {
    const even = f32x4.add(i0, i2), odd = f32x4.add(i1, i3);
    const evenTwo = multiplyAdd(i2, f32x4.splat(4), i0), oddTwo = multiplyAdd(i3, f32x4.splat(8), f32x4.add(i1, i1));
    v128.store(to, i0);
    v128.store(to + toStep, f32x4.add(even, odd));
    v128.store(to + 2 * toStep, f32x4.sub(even, odd));
    v128.store(to + 3 * toStep, f32x4.add(evenTwo, oddTwo));
    v128.store(to + 4 * toStep, f32x4.sub(evenTwo, oddTwo));
    v128.store(to + 5 * toStep, i3);
  } else if (lines === Lines.Filter) {
    const ends = f32x4.mul(f32x4.add(i0, i2), f32x4.splat(-1.0 / 6.0));
    const endsTwo = multiplyAdd(i2, f32x4.splat(1.0 / 6.0), f32x4.mul(i0, f32x4.splat(1.0 / 24.0)));
    v128.store(to, f32x4.mul(i0, f32x4.splat(0.25)));
    v128.store(to + toStep, multiplyAdd(i1, f32x4.splat(-1.0 / 6.0), ends));
    v128.store(to + 2 * toStep, multiplyAdd(i1, f32x4.splat(1.0 / 6.0), ends));
    v128.store(to + 3 * toStep, multiplyAdd(i1, f32x4.splat(1.0 / 12.0), endsTwo));
    v128.store(to + 4 * toStep, multiplyAdd(i1, f32x4.splat(-1.0 / 12.0), endsTwo));
    v128.store(to + 5 * toStep, i2);
  } else {
    const sum = f32x4.add(i1, i2), difference = f32x4.sub(i2, i1);
    const sumTwo = f32x4.add(i3, i4), differenceTwo = f32x4.sub(i3, i4);
    const ends = f32x4.mul(sum, f32x4.splat(-1.0 / 6.0));
    v128.store(to, multiplyAdd(i0, f32x4.splat(0.25), multiplyAdd(sumTwo, f32x4.splat(1.0 / 24.0), ends)));
    v128.store(to + toStep, multiplyAdd(difference, f32x4.splat(1.0 / 6.0), f32x4.mul(differenceTwo, f32x4.splat(1.0 / 12.0))));
    v128.store(to + 2 * toStep, f32x4.add(multiplyAdd(sumTwo, f32x4.splat(1.0 / 6.0), ends), i5));
  }
}

// @ts-ignore: decorator
@inline
function lineOfTwo(lines: Lines, from: usize, step: usize, to: usize, toStep: usize): void {
  const zero = f32x4.splat(0), half = f32x4.splat(0.5);
  const before = lengthBefore(lines, 2);
  const i0 = v128.load(from), i1 = v128.load(from + step);
  const i2 = before > 2 ? v128.load(from + 2 * step) : zero;
  const i3 = before > 3 ? v128.load(from + 3 * step) : zero;
  if (lines === Lines.Input) {
    v128.store(to, f32x4.sub(i0, i2));
    v128.store(to + toStep, f32x4.add(i1, i2));
    v128.store(to + 2 * toStep, f32x4.sub(i2, i1));
    v128.store(to + 3 * toStep, f32x4.sub(i1, i3));
  } else if (lines === Lines.InputGradient) {
    v128.store(to, i0);
    v128.store(to + toStep, f32x4.add(f32x4.sub(i1, i2), i3));
    v128.store(to + 2 * toStep, f32x4.sub(f32x4.add(i1, i2), i0));
    v128.store(to + 3 * toStep, f32x4.neg(i3));
  } else if (lines === Lines.Output) {
    v128.store(to, f32x4.add(i0, f32x4.add(i1, i2)));
    v128.store(to + toStep, f32x4.sub(f32x4.sub(i1, i2), i3));
  } else if (lines === Lines.OutputGradient) {
    v128.store(to, i0);
    v128.store(to + toStep, f32x4.add(i0, i1));
    v128.store(to + 2 * toStep, f32x4.sub(i0, i1));
    v128.store(to + 3 * toStep, f32x4.neg(i1));
  } else if (lines === Lines.Filter) {
    const ends = f32x4.mul(f32x4.add(i0, i2), half), middle = f32x4.mul(i1, half);
    v128.store(to, i0);
    v128.store(to + toStep, f32x4.add(ends, middle));
    v128.store(to + 2 * toStep, f32x4.sub(ends, middle));
    v128.store(to + 3 * toStep, i2);
  } else {
    const sum = f32x4.mul(f32x4.add(i1, i2), half);
    v128.store(to, f32x4.add(i0, sum));
    v128.store(to + toStep, f32x4.mul(f32x4.sub(i1, i2), half));
    v128.store(to + 2 * toStep, f32x4.add(sum, i3));
  }
}
