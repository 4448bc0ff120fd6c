import { backend, ones, setBackend, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runKernel } from '../../test/run-kernel.js';
import { selectBackend } from '../select-backend.js';
import { instantiateKernels } from './instantiate-kernels.js';
import type { WasmBackend } from './wasm-backend.js';
import { attachRuntime, runtimeOf } from './wasm-runtime.js';

beforeAll(async () => {
  await selectBackend({ prefer: 'wasm' });
});

afterAll(async () => {
  await setBackend('cpu');
});

describe('attachRuntime', () => {
  it('keeps the runtime that is there', async () => {
    expect(await attachRuntime(backend())).toBe(runtimeOf(backend()));
  });

  it('gives back scratch memory also where the body throws', () => {
    const runtime = runtimeOf(backend());
    const addresses = [1, 2, 3].map(() => {
      let at = 0;
      expect(() =>
        runtime.withScratch(1000, (address) => {
          at = address;
          throw new Error('in the body');
        }),
      ).toThrow('in the body');
      return at;
    });
    expect(new Set(addresses).size).toBe(1);
    expect((addresses[0] as number) % 64).toBe(0);
  });

  it('runs a kernel once per job', () => {
    const runtime = runtimeOf(backend());
    runtime.withScratch(64, (address) => {
      runtime.floats(address, 16).fill(1);
      runtime.forEach('zero', [
        [address, 8],
        [address + 32, 4],
      ]);
      expect([...runtime.floats(address, 16)]).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]);
    });
  });

  it('is missing on a backend that was not selected, and says what to do', () => {
    expect(() => runtimeOf({})).toThrow('Await selectBackend() first');
  });
});

describe('instantiateKernels', () => {
  it('says what an engine without SIMD lacks', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    const attempt = instantiateKernels(new WebAssembly.Memory({ initial: 0 }), 'simd');
    await expect(attempt).rejects.toThrow('this engine has no WebAssembly simd');
  });
});

describe('the guarded heap of the wasm backend', () => {
  it('throws before 4 GiB are passed, and works on with what it has', () => {
    const wasm = backend() as WasmBackend;
    const quarter = 2 ** 26; // floats: 256 MiB, which are reserved and not touched.
    const held: TensorInfo[] = [];
    const fill = () => {
      for (let i = 0; i < 17; i++) held.push(wasm.makeOutput([quarter], 'float32'));
    };
    expect(fill).toThrow(/an allocation of 268435456 bytes does not fit; tensors hold \d+ bytes/);
    expect(held.length).toBeGreaterThan(8);
    for (const { dataId } of held) wasm.disposeData(dataId);
    tidy(() => {
      const [sums] = runKernel('MetadistillSumPerChannel', { x: ones([4, 2]) });
      expect(Array.from(sums?.dataSync() ?? [])).toEqual([4, 4]);
    });
  });

  it('refuses blocks whose end malloc takes modulo 2^32, and overlaps nothing', () => {
    const { wasm } = backend() as WasmBackend;
    const GiB = 2 ** 30;
    const live: { readonly from: number; readonly bytes: number }[] = [];
    let refused = 0;
    const take = (size: number): void => {
      const bytes = Math.round(size);
      try {
        live.push({ from: wasm._malloc(bytes), bytes });
      } catch (error) {
        expect(String(error)).toContain('does not fit');
        refused++;
      }
    };
    // Free blocks of many sizes in many places, and requests that wrap around from each of them.
    for (const [first, second, third] of [
      [1.3, 0, 2.9],
      [0.9, 0.7, 2.6],
      [0.6, 0.1, 3.5],
      [1.6, 0.15, 2.7],
    ] as const) {
      take(first * GiB);
      take(second * GiB);
      const freed = live.shift();
      if (freed) wasm._free(freed.from);
      take(third * GiB);
      take(1000);
      for (const [i, { from, bytes }] of live.entries()) {
        expect(from + bytes).toBeLessThanOrEqual(wasm.HEAPU8.length);
        for (const other of live.slice(0, i)) {
          expect(from >= other.from + other.bytes || other.from >= from + bytes).toBe(true);
        }
      }
      for (const { from } of live.splice(0)) wasm._free(from);
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('gets back what a kernel had made before it threw', () => {
    const wasm = backend() as WasmBackend;
    const { run, makeOutput } = runtimeOf(wasm);
    const addresses = [1, 2].map(() => {
      let at = 0;
      const kernel = () => {
        at = wasm.dataIdMap.get(makeOutput([1000], 'float32').dataId).memoryOffset;
        throw new Error('in the kernel');
      };
      expect(() => run('Kernel', kernel, {})).toThrow('in the kernel');
      return at;
    });
    expect(addresses[0]).toBe(addresses[1]);
  });
});
