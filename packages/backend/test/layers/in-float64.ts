import { getBackend, setBackend, tidy } from '@tensorflow/tfjs-core';

/**
 * Runs a body on the cpu backend in float64: where that asks for a Float32Array it gets a Float64Array. What it computes is
 * then exact to some 1e-15, as an independent reference for float32 on another backend and for differences. Tensors of the
 * body must stay in it: a backend reads another's as float32.
 */
export async function inFloat64<Result>(body: () => Result): Promise<Result> {
  const [narrow, backendName] = [globalThis.Float32Array, getBackend()];
  await setBackend('cpu');
  Object.assign(globalThis, { Float32Array: Float64Array });
  try {
    return tidy(body as () => never);
  } finally {
    Object.assign(globalThis, { Float32Array: narrow });
    await setBackend(backendName);
  }
}
