/**
 * Runs `body` with TensorFlow.js's cpu backend computing in float64, and returns what it returns.
 *
 * The backend allocates every result as a `Float32Array`, looked up when a kernel runs: while `body` runs, awaited
 * parts included, that name means `Float64Array`. So the very code under test is compared with closed forms far below
 * float32's rounding. Tensors that `body` reads must be made inside it.
 */
export async function inFloat64<Result>(body: () => Result | Promise<Result>): Promise<Result> {
  const single = globalThis.Float32Array;
  globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
  try {
    return await body();
  } finally {
    globalThis.Float32Array = single;
  }
}
