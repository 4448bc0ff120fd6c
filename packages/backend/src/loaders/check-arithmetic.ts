import { add, scalar, tidy } from '@tensorflow/tfjs-core';

/**
 * Adds two numbers on the current backend: some load well and fail in every operation.
 *
 * @throws Error if the sum is wrong, or whatever the backend throws.
 */
export async function checkArithmetic(): Promise<void> {
  const sum = tidy(() => add(scalar(1.5), scalar(2)));
  try {
    const [value] = await sum.data();
    if (value !== 3.5) throw new Error(`1.5 + 2 came out as ${value}`);
  } finally {
    sum.dispose();
  }
}
