import { memory } from '@tensorflow/tfjs-core';
import type { WasmModule } from './wasm-backend.js';

const guarded = new WeakSet<WasmModule>();

/**
 * Makes every allocation on a wasm heap that fails throw.
 *
 * A wasm memory ends at 4 GiB. TensorFlow.js does not look at what malloc returns: past the end it gets address 0, writes
 * there, and corrupts other tensors without a word. And malloc itself (emmalloc) adds sizes modulo 2^32: it takes a free
 * block for large enough if address + bytes wraps around to an address within it. Here such a block is passed over, and an
 * allocation that nothing else can satisfy throws before anything is written; the tensors that exist stay whole.
 */
export function guardHeap(module: WasmModule): void {
  if (guarded.has(module)) return;
  guarded.add(module);
  // Emscripten replaces its own `_malloc` on the first call, so that one must be behind us.
  module._free(module._malloc(16));
  const malloc = module._malloc;
  module._malloc = (bytes) => {
    if (!(bytes >= 0 && Number.isInteger(bytes))) {
      throw new RangeError(`wasm heap: an allocation is of ${bytes} bytes; expected a whole number from 0.`);
    }
    const tooSmall: number[] = [];
    try {
      for (;;) {
        // Beyond 4 GiB a size would lose its upper bits, and a small allocation would pass for a large one.
        const address = bytes < 2 ** 32 ? malloc(bytes) >>> 0 : 0;
        if (address === 0 && bytes > 0) throw new Error(outOfMemory(bytes, module.HEAPU8.length));
        if (address + bytes <= module.HEAPU8.length) return address;
        // Held until the end, so that malloc looks at the next block.
        tooSmall.push(address);
      }
    } finally {
      for (const address of tooSmall) module._free(address);
    }
  };
}

function outOfMemory(bytes: number, heap: number): string {
  const held = memory().numBytes;
  return (
    `wasm heap: an allocation of ${bytes} bytes does not fit; tensors hold ${held} bytes and the heap has grown ` +
    `to ${heap} of 4294967296. Use a smaller batch, or dispose of tensors that are no longer needed.`
  );
}
