import { expect, it } from 'vitest';
import { withSharedHeap } from './with-shared-heap.js';

it('leaves WebAssembly as it was, also if the load fails, and other modules alone meanwhile', async () => {
  const { instantiate } = WebAssembly;
  const own = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 0x6d, 2, 0]);
  await withSharedHeap(async () => {
    expect(WebAssembly.instantiate).not.toBe(instantiate);
    for (const source of [own, own.buffer]) {
      const { instance } = await WebAssembly.instantiate(source);
      expect((instance.exports.m as WebAssembly.Memory).buffer).toBeInstanceOf(ArrayBuffer);
    }
    expect(await WebAssembly.instantiate(new WebAssembly.Module(own))).toBeInstanceOf(WebAssembly.Instance);
  });
  expect(WebAssembly.instantiate).toBe(instantiate);
  await expect(withSharedHeap(() => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
  expect(WebAssembly.instantiate).toBe(instantiate);
});
