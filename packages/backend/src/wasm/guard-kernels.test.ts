import {
  backend,
  clone,
  engine,
  getKernel,
  memory,
  ones,
  registerKernel,
  square,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../select-backend.js';
import { EngineBrokenError } from './engine-broken-error.js';
import { guardKernels } from './guard-kernels.js';
import type { WasmBackend } from './wasm-backend.js';
import { runtimeOf } from './wasm-runtime.js';

const backendName = 'wasm';
const run = (name: string) => engine().runKernel(name, {});
const outputs = () => [1, 2].map(() => (backend() as WasmBackend).makeOutput([1000], 'float32'));

beforeAll(async () => {
  await selectBackend({ prefer: 'cpu' });
  registerKernel({
    backendName,
    kernelName: 'ThrowsHalfway',
    kernelFunc: () => {
      outputs();
      throw new Error('halfway');
    },
  });
  registerKernel({
    backendName,
    kernelName: 'ThrowsAfterAnother',
    kernelFunc: (call) => {
      getKernel('MakesTwo', 'wasm')!.kernelFunc(call);
      throw new Error('after another');
    },
  });
  registerKernel({ backendName, kernelName: 'MakesTwo', kernelFunc: outputs });
  registerKernel({
    backendName,
    kernelName: 'Traps',
    kernelFunc: (call) => {
      // On whichever thread takes them.
      const jobs = Array.from({ length: 16 }, () => [2 ** 32 - 64, 128] as const);
      runtimeOf(call.backend).forEach('zero', jobs);
      return outputs();
    },
  });
  await selectBackend({ prefer: 'wasm' });
});

describe('guardKernels', () => {
  it('gets back what a kernel of any origin made before it threw, also by another kernel', () => {
    const before = backend().numDataIds();
    expect(() => run('ThrowsHalfway')).toThrow('halfway');
    expect(() => run('ThrowsAfterAnother')).toThrow('after another');
    expect(backend().numDataIds()).toBe(before);
  });

  it('takes a backend whose kernel trapped out of use: all but disposing says what broke and what to do', async () => {
    const x = tensor1d([1, 2, 3]);
    const before = memory().numTensors;
    expect(() => run('Traps')).toThrow(EngineBrokenError);
    const sentence = /^Traps: WebAssembly trapped \(.+\), and .+ Start a new process or worker/;
    for (const use of [
      () => run('Traps'),
      () => square(x),
      () => clone(x),
      () => engine().runKernel('MetadistillScale', [x] as never, { factor: 2 }),
      () => x.dataSync(),
      () => ones([3]),
    ]) {
      expect(use).toThrow(EngineBrokenError);
      expect(use).toThrow(sentence);
    }
    await expect(x.data()).rejects.toThrow(sentence);
    x.dispose();
    expect(memory().numTensors).toBe(before - 1);
    // Other backends still compute.
    await selectBackend({ prefer: 'cpu' });
    expect(square(tensor1d([3])).dataSync()[0]).toBe(9);
  });

  it.each(['_malloc', '_free', 'move', 'readSync'] as const)(
    'does so if %s traps between kernels',
    (name) => {
      const trap = new WebAssembly.RuntimeError('memory access out of bounds');
      const trapping = () => {
        throw trap;
      };
      const bytes = {
        _malloc: () => 8,
        _free: () => {},
      };
      const fake = {
        wasm: { ...bytes, tfjs: {}, ...(name in bytes && { [name]: trapping }) },
        move: () => fake.wasm._malloc(),
        readSync: () => 0,
        disposeData: () => fake.wasm._free(),
        makeOutput: () => ({}),
        ...(!(name in bytes) && { [name]: trapping }),
      };
      const run = guardKernels(fake as unknown as WasmBackend);
      const use = { _malloc: 'move', _free: 'disposeData', move: 'move', readSync: 'readSync' } as const;
      expect(() => fake[use[name]]()).toThrow(new RegExp(`^${name}: WebAssembly trapped`));
      expect(() => run('Square', () => 1, {})).toThrow(EngineBrokenError);
      expect(() => fake.readSync()).toThrow(EngineBrokenError);
    },
  );
});
