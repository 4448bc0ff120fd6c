import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  add,
  backend,
  getBackend,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { largeStep, selectBackend, tinyStep } from './select-backend.js';
import { runtimeOf } from './wasm/wasm-runtime.js';

const fakeNative = vi.hoisted(() => ({ load: undefined as unknown as Loader | undefined }));
vi.mock('./loaders/load-tensorflow.js', async (importOriginal) => {
  const { loadTensorflow } = await importOriginal<typeof import('./loaders/load-tensorflow.js')>();
  return { loadTensorflow: (folder?: string) => (fakeNative.load ?? loadTensorflow)(folder) };
});
type Loader = typeof import('./loaders/load-tensorflow.js').loadTensorflow;

// Node 20 has relaxed SIMD behind a flag, later ones without.
setFlagsFromString('--experimental-wasm-relaxed-simd');

afterAll(() => setBackend('cpu').then(() => undefined));

describe('selectBackend', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn')
      .mockReset()
      .mockImplementation(() => undefined);
  });

  it('takes cpu for a step that is all overhead, and says so', async () => {
    const choice = await selectBackend({ floatingPointOperationsPerStep: 15 * 4 * 2 * 6 });
    expect(choice).toMatchObject({
      name: 'cpu',
      description: 'plain JavaScript',
      onGpu: false,
      passedOver: [],
    });
    expect(choice.reason).toContain('720 operations per step');
    expect(getBackend()).toBe('cpu');
  });

  it('takes a backend that computes for a step at the threshold', async () => {
    const { name } = await selectBackend({ floatingPointOperationsPerStep: tinyStep });
    expect(name).not.toBe('cpu');
    expect(getBackend()).toBe(name);
    const sum = tidy(() => add(tensor1d([1, 2]), tensor1d([3, 4])).dataSync());
    expect(Array.from(sum)).toEqual([4, 6]);
  });

  it('takes what it is told to if that loads', async () => {
    expect((await selectBackend({ prefer: 'wasm' })).name).toBe('wasm');
    expect((await selectBackend({ prefer: 'cpu' })).name).toBe('cpu');
  });

  it('warns if what it was told to take does not load, and not otherwise', async () => {
    const warn = vi.mocked(console.warn);
    await selectBackend({ prefer: 'cpu' });
    await selectBackend();
    expect(warn).not.toHaveBeenCalled();
    await selectBackend({ prefer: 'webgl' });
    expect(warn).toHaveBeenLastCalledWith(
      expect.stringMatching(
        /webgl was asked for and does not load. The backend is wasm .*: WebGL is only available/,
      ),
    );
    vi.doMock('@tensorflow/tfjs-backend-wasm', () => {
      throw new Error('no such binary');
    });
    await selectBackend({ kernelBuild: 'simd' });
    vi.doUnmock('@tensorflow/tfjs-backend-wasm');
    expect(warn).toHaveBeenLastCalledWith(expect.stringContaining('wasm was asked for and does not load'));
  });

  it('passes over a backend that is not there and keeps the reason', async () => {
    const { name, passedOver, reason } = await selectBackend({ prefer: 'webgpu' });
    expect(getBackend()).toBe(name);
    const order = ['webgpu', 'tensorflow', 'wasm', 'cpu'];
    expect(passedOver.map((each) => each.name)).toEqual(order.slice(0, order.indexOf(name)));
    for (const each of passedOver) expect(reason).toContain(`${each.name} was passed over: ${each.reason}`);
  });

  it('looks for WebGL in a page alone', async () => {
    const { name, passedOver } = await selectBackend({ prefer: 'webgl' });
    expect(name).toBe('wasm');
    expect(passedOver).toEqual([{ name: 'webgl', reason: 'WebGL is only available in a browser' }]);
  });

  it('takes the WebGL of a page if wasm does not load, and says so', async () => {
    vi.doMock('@tensorflow/tfjs-backend-wasm', () => {
      throw new Error('no such binary');
    });
    vi.stubGlobal('document', {});
    // What a page registers by importing it; here it computes in plain JavaScript.
    registerBackend('webgl', () => new MathBackendCPU());
    for (const kernel of getKernelsForBackend('cpu')) registerKernel({ ...kernel, backendName: 'webgl' });
    const choice = await selectBackend();
    vi.doUnmock('@tensorflow/tfjs-backend-wasm');
    vi.unstubAllGlobals();
    removeBackend('webgl');
    expect(choice).toMatchObject({ name: 'webgl', description: "the browser's WebGL", onGpu: true });
    expect(choice.passedOver.map(({ name }) => name)).toEqual(['tensorflow', 'wasm']);
    expect(choice.reason).toContain('wasm was passed over: ');
  });

  it('falls back to cpu if the wasm backend does not load', async () => {
    vi.doMock('@tensorflow/tfjs-backend-wasm', () => {
      throw new Error('no such binary');
    });
    const { name, passedOver } = await selectBackend({ prefer: 'wasm' });
    vi.doUnmock('@tensorflow/tfjs-backend-wasm');
    expect(name).toBe('cpu');
    expect(passedOver).toEqual([{ name: 'wasm', reason: expect.any(String) }]);
  });

  it.each([
    ['on a GPU', true, undefined, 'tensorflow'],
    ['on a CPU for steps of unknown size', false, undefined, 'wasm'],
    ['on a CPU for small steps', false, largeStep / 2, 'wasm'],
    ['on a CPU for large steps', false, largeStep, 'tensorflow'],
  ])('takes native TensorFlow if it gains: %s', async (_, onGpu, operations, expected) => {
    fakeNative.load = async () => ({ description: 'native', onGpu });
    const auto = await selectBackend(
      operations === undefined ? {} : { floatingPointOperationsPerStep: operations },
    );
    expect(auto.name).toBe(expected);
    expect(auto.onGpu).toBe(onGpu);
    expect(auto.passedOver).toEqual(
      expected === 'wasm' ? [{ name: 'tensorflow', reason: 'native is faster only for large steps' }] : [],
    );
    expect((await selectBackend({ prefer: 'tensorflow' })).name).toBe('tensorflow');
    fakeNative.load = undefined;
  });

  it.each(['simd', 'relaxed-simd'] as const)('takes the %s build of the kernels', async (kernelBuild) => {
    const { description, kernels } = await selectBackend({ prefer: 'wasm', kernelBuild, threads: 1 });
    expect(description).toBe(`WebAssembly with ${kernelBuild} training kernels, fast arithmetic, one thread`);
    expect(kernels).toEqual({ build: kernelBuild, arithmetic: 'fast' });
  });

  it('takes as many threads as it is told to, and by default as many as there are cores', async () => {
    for (const threads of [2, 3, 1]) {
      const choice = await selectBackend({ prefer: 'wasm', threads });
      expect(choice.threads).toBe(threads);
      expect(choice.reason).toContain(threads > 1 ? `${threads} threads` : 'one thread');
    }
    const cores = Math.min(16, availableParallelism());
    expect((await selectBackend({ prefer: 'wasm' })).threads).toBe(cores);
    expect(await selectBackend({ prefer: 'cpu', threads: 2 })).not.toHaveProperty('threads');
  });

  it('computes in one thread in a page that is not isolated, and says why', async () => {
    vi.stubGlobal('crossOriginIsolated', false);
    const { threads, reason } = await selectBackend({ prefer: 'wasm', threads: 2 });
    vi.unstubAllGlobals();
    expect(threads).toBe(1);
    expect(reason).toMatch(/one thread \(the page is not cross-origin isolated: serve it with /);
  });

  it('adds as it is told to, and names that of wasm alone', async () => {
    const { description, kernels } = await selectBackend({ prefer: 'wasm', arithmetic: 'direct' });
    expect(description).toContain('direct arithmetic');
    expect(kernels?.arithmetic).toBe('direct');
    expect(runtimeOf(backend()).arithmetic).toBe('direct');
    await selectBackend({ prefer: 'wasm' });
    expect(runtimeOf(backend()).arithmetic).toBe('fast');
    expect(await selectBackend({ prefer: 'cpu', arithmetic: 'direct' })).not.toHaveProperty('kernels');
  });

  it('refuses names and a size that mean nothing, and an option that it does not have', async () => {
    await expect(selectBackend({ kernelBuild: 'avx' as 'simd' })).rejects.toThrow(/kernelBuild is 'avx'/);
    for (const threads of [0, 1.5, 1000, '2' as unknown as number]) {
      await expect(selectBackend({ threads })).rejects.toThrow(
        /threads is .*; expected auto, or a whole number/,
      );
    }
    await expect(selectBackend({ arithmetic: 'exact' as 'fast' })).rejects.toThrow(/arithmetic is 'exact'/);
    const misspelt = { perfer: 'wasm' } as object;
    await expect(selectBackend(misspelt)).rejects.toThrow("unknown option 'perfer'; did you mean 'prefer'?");
    await expect(selectBackend({ prefer: 'gpu' as 'wasm' })).rejects.toThrow(/prefer is 'gpu'/);
    await expect(selectBackend({ floatingPointOperationsPerStep: Number.NaN })).rejects.toThrow(RangeError);
  });
});
