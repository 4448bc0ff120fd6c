import { expect } from 'vitest';
import type { WasmModule } from '../../src/wasm/wasm-backend.js';

const zone = 64;
const mark = 0xa5;

/** What watches the neighbours of every allocation. */
export interface RedZones {
  /** Expects that nothing was written beside an allocation, whether it is freed by now or not. */
  readonly check: (what: string) => void;
  readonly remove: () => void;
}

/**
 * Puts a tensor's width of marked bytes before and after every allocation on a heap: the neighbour that a kernel writes to
 * first if it writes beyond what it was given. Allocations of more than `most` bytes fail, as on a full heap.
 */
export function addRedZones(heap: WasmModule, most: number): RedZones {
  const { _malloc, _free } = heap;
  const live = new Map<number, number>();
  let damaged = 0;
  const isWhole = (from: number) => heap.HEAPU8.subarray(from, from + zone).every((byte) => byte === mark);
  const look = (address: number, bytes: number) => {
    if (!isWhole(address - zone) || !isWhole(address + bytes)) damaged++;
  };
  Object.assign(heap, {
    _malloc: (bytes: number) => {
      if (bytes > most) throw new Error(`red zones: an allocation of ${bytes} bytes does not fit.`);
      const address = (_malloc(bytes + 2 * zone) >>> 0) + zone;
      heap.HEAPU8.fill(mark, address - zone, address);
      heap.HEAPU8.fill(mark, address + bytes, address + bytes + zone);
      live.set(address, bytes);
      return address;
    },
    _free: (address: number) => {
      const bytes = live.get(address);
      if (bytes === undefined) return _free(address); // from before, or of C++
      look(address, bytes);
      live.delete(address);
      _free(address - zone);
    },
  });
  return {
    check: (what) => {
      for (const [address, bytes] of live) look(address, bytes);
      expect(damaged, `neighbours that ${what} wrote to`).toBe(0);
    },
    remove: () => Object.assign(heap, { _malloc, _free }),
  };
}
