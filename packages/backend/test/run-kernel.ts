import {
  backend,
  engine,
  getBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { WasmBackend } from '../src/wasm/wasm-backend.js';

/**
 * Runs a registered kernel of the current backend; its inputs have names, or come one after the other. Expects that of all
 * the memory that the call takes only what it returns stays: tensors, and on wasm what was allocated on the heap.
 */
export function runKernel(
  name: string,
  inputs: NamedTensorMap | readonly Tensor[],
  attributes: object = {},
): Tensor[] {
  const before = backend().numDataIds();
  const [result, allocations] = countAllocations(
    () => engine().runKernel(name, inputs as NamedTensorMap, attributes as NamedAttrMap) as unknown,
  );
  const outputs = (Array.isArray(result) ? result : [result]) as Tensor[];
  expect(backend().numDataIds() - before, `tensors that ${name} made`).toBe(outputs.length);
  if (allocations !== undefined) expect(allocations, `allocations that ${name} kept`).toBe(outputs.length);
  return outputs;
}

/** What a body returns, and how many allocations on the wasm heap it has not freed; undefined on other backends. */
function countAllocations<Result>(body: () => Result): readonly [Result, number | undefined] {
  if (getBackend() !== 'wasm') return [body(), undefined];
  const { wasm: heap } = backend() as WasmBackend;
  const { _malloc, _free } = heap;
  let allocations = 0;
  Object.assign(heap, {
    _malloc: (bytes: number) => {
      allocations += 1;
      return _malloc(bytes);
    },
    _free: (address: number) => {
      allocations -= 1;
      _free(address);
    },
  });
  try {
    return [body(), allocations];
  } finally {
    Object.assign(heap, { _malloc, _free });
  }
}
