import { registerKernel, setBackend, tidy, unregisterKernel, zeros } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selectBackend } from '../src/select-backend.js';
import type { WasmBackend } from '../src/wasm/wasm-backend.js';
import { runtimeOf } from '../src/wasm/wasm-runtime.js';
import { runKernel } from './run-kernel.js';

beforeAll(async () => {
  await selectBackend({ prefer: 'wasm' });
});
afterAll(async () => {
  await setBackend('cpu');
});

it.each([
  [
    'a tensor',
    'tensors that Leaky made',
    (backend: unknown) => void runtimeOf(backend).makeOutput([2], 'float32'),
  ],
  [
    'scratch memory',
    'allocations that Leaky kept',
    (backend: unknown) => void (backend as WasmBackend).wasm._malloc(8),
  ],
])('runKernel fails if a kernel keeps %s, inside a tidy too', (_, message, leak) => {
  registerKernel({
    kernelName: 'Leaky',
    backendName: 'wasm',
    kernelFunc: ({ backend }) => {
      leak(backend);
      return runtimeOf(backend).makeOutput([2], 'float32');
    },
  });
  expect(() => tidy(() => void runKernel('Leaky', { x: zeros([2]) }))).toThrow(message);
  unregisterKernel('Leaky', 'wasm');
});
