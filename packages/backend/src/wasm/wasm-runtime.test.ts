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
});
