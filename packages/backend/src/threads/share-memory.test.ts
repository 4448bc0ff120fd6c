import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { base64 } from '../generated/simd.js';
import { shareMemory } from './share-memory.js';

const { resolve } = createRequire(import.meta.url);
const stock = readFileSync(
  resolve('@tensorflow/tfjs-backend-wasm').replace(/[^/]*$/, 'tfjs-backend-wasm-simd.wasm'),
);
const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

describe('shareMemory', () => {
  it("changes nothing of TensorFlow.js' module but two bytes at its memory", () => {
    const shared = shareMemory(stock)!;
    expect(WebAssembly.validate(shared)).toBe(true);
    expect(shared.length).toBe(stock.length);
    expect([...shared.keys()].filter((at) => shared[at] !== stock[at]).length).toBeLessThanOrEqual(2);
  });

  it('has our kernels import a memory that is shared, and refuse another', () => {
    const module = new WebAssembly.Module(shareMemory(Buffer.from(base64, 'base64'))!);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    expect(new WebAssembly.Instance(module, { env: { memory } }).exports).toHaveProperty('convolve');
    const own = new WebAssembly.Memory({ initial: 1 });
    expect(() => new WebAssembly.Instance(module, { env: { memory: own } })).toThrow(WebAssembly.LinkError);
  });

  it.each([
    ['no memory', magic],
    ['two memories', [...magic, 5, 5, 2, 0, 1, 0, 1]],
    ['a memory that is shared', [...magic, 5, 4, 1, 3, 1, 1]],
    ['an import that is no memory', [...magic, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x61, 1, 0x62, 0, 0]],
  ])('leaves a module with %s alone', (_, bytes) => {
    expect(shareMemory(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('gives a memory without a maximum one', () => {
    const bytes = Uint8Array.from([...magic, 5, 3, 1, 0, 1, 7, 5, 1, 1, 0x6d, 2, 0]);
    expect(WebAssembly.validate(bytes)).toBe(true);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(shareMemory(bytes)!));
    expect((exports.m as WebAssembly.Memory).buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});
