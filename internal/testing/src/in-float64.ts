/**
 * Runs `body` with TensorFlow.js's cpu backend computing in float64, and returns what it returns: a promise only where
 * `body` does.
 *
 * The backend allocates every result as a `Float32Array`, looked up when a kernel runs: while `body` runs, awaited
 * parts included, that name means `Float64Array`. So the very code under test is compared with closed forms far below
 * float32's rounding. Tensors that `body` reads must be made inside it.
 */
export function inFloat64<Result>(body: () => Result): Result {
  const single = globalThis.Float32Array;
  const restore = () => {
    globalThis.Float32Array = single;
  };
  globalThis.Float32Array = Float64Array as unknown as Float32ArrayConstructor;
  let result: Result;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as Result;
  restore();
  return result;
}
