import { describe, expect, it, vi } from 'vitest';
import { guardHeap } from './guard-heap.js';
import type { WasmModule } from './wasm-backend.js';

/** A heap of `limit` bytes that hands out addresses from 1024 on and returns 0 when it is full, as Emscripten's does. */
function heapOf(limit: number): WasmModule {
  let next = 1024;
  return heapWith(limit, (bytes) => {
    if (next + bytes > limit) return 0;
    next += bytes;
    return next - bytes;
  });
}

const heapWith = (length: number, malloc: (bytes: number) => number): WasmModule => ({
  asm: {},
  tfjs: {},
  HEAPU8: { length } as Uint8Array,
  HEAP32: new Int32Array(2),
  HEAPF32: new Float32Array(2),
  _malloc: malloc,
  _free: vi.fn(),
});

describe('guardHeap', () => {
  it('throws where malloc returns 0, naming the bytes asked for and the size of the heap', () => {
    const heap = heapOf(10_000);
    guardHeap(heap);
    expect(heap._malloc(5000)).toBeGreaterThan(0);
    expect(() => heap._malloc(6000)).toThrow(
      /an allocation of 6000 bytes does not fit.*grown to 10000 of 4294967296/,
    );
    expect(heap._malloc(100)).toBeGreaterThan(0);
  });

  it('passes over blocks that end beyond the memory, also where malloc returns negative addresses', () => {
    const GiB = 2 ** 30;
    const answers = [16, -2 * GiB, 3 * GiB, GiB, -GiB, 0];
    const heap = heapWith(4 * GiB - 65536, () => answers.shift() as number);
    guardHeap(heap);
    expect(heap._malloc(2.5 * GiB)).toBe(GiB);
    expect(heap._free).toHaveBeenCalledWith(2 * GiB);
    expect(heap._free).toHaveBeenCalledWith(3 * GiB);
    expect(heap._free).not.toHaveBeenCalledWith(GiB);
    expect(() => heap._malloc(2.5 * GiB)).toThrow('does not fit');
    expect(heap._free).toHaveBeenCalledTimes(4);
  });

  it('lets an empty tensor have no memory', () => {
    const heap = heapOf(2000);
    guardHeap(heap);
    expect(heap._malloc(0)).toBeGreaterThanOrEqual(0);
  });
});
