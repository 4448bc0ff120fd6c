import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { isSize, shown, sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `Tile`. */
export interface TileAttributes {
  /** How often each axis is repeated. */
  readonly reps: readonly number[];
}

/** One pass over the tensor: each of `count` blocks is repeated. */
interface Pass {
  readonly count: number;
  readonly bytes: number;
  readonly repeats: number;
}

/**
 * `Tile` on wasm, in place of TensorFlow.js' own, which computes an index per value: one pass of copies per repeated axis.
 * `x` is of any rank, float32, int32 or bool.
 *
 * @throws RangeError if `reps` is not one whole number >= 0 per axis.
 */
export function tile({
  inputs: { x },
  attrs: { reps },
  backend,
}: KernelCall<'x', TileAttributes>): TensorInfo {
  if (
    !Array.isArray(reps) ||
    reps.length !== x.shape.length ||
    !reps.every((repeats) => isSize(repeats, 0))
  ) {
    throw new RangeError(
      `tile: reps is ${describeValue(reps)}; expected one whole number >= 0 per axis of ${shown(x.shape)}.`,
    );
  }
  const runtime = runtimeOf(backend);
  const y = runtime.makeOutput(
    x.shape.map((length, axis) => length * reps[axis]!),
    x.dtype,
  );
  if (sizeOf(y.shape) > 0) {
    const passes = passesOf(x.shape, reps, x.dtype === 'bool' ? 1 : 4);
    runPasses(runtime, passes, runtime.address(x), runtime.address(y));
  }
  return y;
}

/** Innermost axis first: what a pass repeats is then a block of memory, and all passes but the last are smaller. */
function passesOf(shape: readonly number[], reps: readonly number[], valueBytes: number): Pass[] {
  const passes: Pass[] = [];
  let bytes = valueBytes;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    bytes *= shape[axis]!;
    const repeats = reps[axis]!;
    if (repeats === 1) continue;
    passes.push({ count: sizeOf(shape.slice(0, axis)), bytes, repeats });
    bytes *= repeats;
  }
  return passes.length > 0 ? passes : [{ count: 1, bytes, repeats: 1 }];
}

function runPasses(runtime: WasmRuntime, passes: readonly Pass[], from: number, to: number): void {
  const [{ count, bytes, repeats }, ...rest] = passes as [Pass, ...Pass[]];
  if (rest.length === 0) {
    runtime.kernels.repeatBlocks(from, to, count, bytes, repeats);
    return;
  }
  runtime.withScratch(count * bytes * repeats, (scratch) => {
    runtime.kernels.repeatBlocks(from, scratch, count, bytes, repeats);
    runPasses(runtime, rest, scratch, to);
  });
}
