import { getKernel, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { registerWasmKernels } from './register-kernels.js';
import { selectBackend } from './select-backend.js';

afterAll(async () => {
  await setBackend('cpu');
});

it('registers what wasm lacks once, whoever asks for it again', async () => {
  await selectBackend({ prefer: 'wasm' });
  const filterGradient = getKernel('Conv2DBackpropFilter', 'wasm');
  expect(filterGradient).toBeDefined();
  registerWasmKernels();
  expect(getKernel('Conv2DBackpropFilter', 'wasm')).toBe(filterGradient);
});

it('keeps the set-up of the kernels that it stands before', async () => {
  await selectBackend({ prefer: 'wasm' });
  for (const name of ['Conv2D', 'BatchMatMul'])
    expect(getKernel(name, 'wasm')?.setupFunc).toBeTypeOf('function');
});
