import { describe, expect, it } from 'vitest';
import { guardHeap } from './guard-heap.js';
import type { WasmModule } from './wasm-backend.js';

/** A heap of `limit` bytes that hands out addresses from 1024 on and returns 0 when it is full, as Emscripten's does. */
function heapOf(limit: number): WasmModule {
  let next = 1024;
  return {
    asm: {},
    HEAPU8: new Uint8Array(8),
    HEAP32: new Int32Array(2),
    HEAPF32: new Float32Array(2),
    _malloc: (bytes) => {
      if (next + bytes > limit) return 0;
      next += bytes;
      return next - bytes;
    },
    _free: () => undefined,
  };
}

describe('guardHeap', () => {
  it('throws where malloc returns 0, naming the bytes asked for and the size of the heap', () => {
    const heap = heapOf(10_000);
    guardHeap(heap);
    expect(heap._malloc(5000)).toBeGreaterThan(0);
    expect(() => heap._malloc(6000)).toThrow(
      /an allocation of 6000 bytes does not fit.*grown to 8 of 4294967296/,
    );
    expect(heap._malloc(100)).toBeGreaterThan(0);
  });

  it('lets an empty tensor have no memory', () => {
    const heap = heapOf(2000);
    guardHeap(heap);
    expect(heap._malloc(0)).toBeGreaterThanOrEqual(0);
  });
});
