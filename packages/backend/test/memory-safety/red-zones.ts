import { expect } from 'vitest';
import type { WasmModule } from '../../src/wasm/wasm-backend.js';

const zone = 64;

/** What watches the neighbours of every allocation. */
export interface RedZones {
  /** Expects that nothing was written beside an allocation, whether it is freed by now or not. */
  readonly check: (what: string) => void;
  /** Marks what is allocated from now on by another byte: a kernel that reads it, or leaves its output unwritten, returns something else. */
  readonly mark: (byte: number) => void;
  readonly remove: () => void;
}

/**
 * Puts marked bytes before and after every allocation on a heap: the neighbour that a kernel writes to first if it writes beyond
 * what it was given. The allocation itself starts as such bytes too. Allocations of more than `most` bytes fail, as on a full heap.
 */
export function addRedZones(heap: WasmModule, most: number): RedZones {
  const { _malloc, _free } = heap;
  const live = new Map<number, { readonly bytes: number; readonly mark: number }>();
  let damaged = 0;
  let mark = 0xc5;
  const look = (address: number, { bytes, mark }: { readonly bytes: number; readonly mark: number }) => {
    const isWhole = (from: number) => heap.HEAPU8.subarray(from, from + zone).every((byte) => byte === mark);
    if (!isWhole(address - zone) || !isWhole(address + bytes)) damaged++;
  };
  Object.assign(heap, {
    _malloc: (bytes: number) => {
      if (bytes > most) throw new Error(`red zones: an allocation of ${bytes} bytes does not fit.`);
      const address = (_malloc(bytes + 2 * zone) >>> 0) + zone;
      heap.HEAPU8.fill(mark, address - zone, address + bytes + zone);
      live.set(address, { bytes, mark });
      return address;
    },
    _free: (address: number) => {
      const allocation = live.get(address);
      if (!allocation) return _free(address); // from before, or of C++
      look(address, allocation);
      live.delete(address);
      _free(address - zone);
    },
  });
  return {
    check: (what) => {
      for (const [address, allocation] of live) look(address, allocation);
      expect(damaged, `neighbours that ${what} wrote to`).toBe(0);
    },
    mark: (byte) => {
      mark = byte;
    },
    remove: () => Object.assign(heap, { _malloc, _free }),
  };
}
