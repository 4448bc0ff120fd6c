import { abs, clipByValue, less, mul, square, sub, type Tensor, where } from '@tensorflow/tfjs-core';

/** Huber's loss with threshold 1, entry by entry: ½x² for |x| < 1, else |x| − ½. */
export const huber = <T extends Tensor>(x: T): T =>
  where(less(abs(x), 1), mul(square(x), 0.5), sub(abs(x), 0.5)) as T;

/** Its derivative: x cut to [−1, 1]. */
export const huberSlope = <T extends Tensor>(x: T): T => clipByValue(x, -1, 1);
