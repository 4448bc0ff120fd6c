import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../call/array-host.js';
import { type ListCall, pairsOf } from '../call/pairs-of.js';

/**
 * `MetadistillDot` on cpu: ⟨x, y⟩ over pairs of float32 tensors, rounded where TensorFlow.js' `mul`, `sum` and `addN`
 * would round.
 *
 * @returns a float32 scalar.
 * @throws TypeError or RangeError if dtypes, shapes or the lengths of the lists do not fit.
 */
export function dotOnCpu({ inputs, backend }: ListCall): TensorInfo {
  const host = cpuHost(backend);
  const out = host.make([], 'float32');
  const result = host.floats(out);
  for (const { x, y } of pairsOf('dot', inputs)) {
    const [xs, ys] = [x, y].map(host.floats) as [Float32Array, Float32Array];
    let sum = 0;
    for (let i = 0; i < xs.length; i++) sum += Math.fround((xs[i] as number) * (ys[i] as number));
    result[0] = (result[0] as number) + Math.fround(sum);
  }
  return out;
}
