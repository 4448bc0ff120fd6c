import { env } from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { loadWebgpu } from './load-webgpu.js';

// No GPU and none of the optional peers: the backend that `loadWebgpu` sets up is cpu under another name.
const gpu = vi.hoisted(() => ({ found: true }));
vi.mock('./import-optional.js', () => ({
  importOptional: async (name: string) => (name === 'webgpu' ? { create: () => ({}), globals: {} } : {}),
}));
vi.mock('@tensorflow/tfjs-core', async (importOriginal) => ({
  ...(await importOriginal<typeof import('@tensorflow/tfjs-core')>()),
  setBackend: async () => gpu.found,
}));

test('turns the naive gradient of convolutions off, which computes the same values slowly', async () => {
  // As TensorFlow.js' backend registers it when it is imported. Only its speed could tell that it is on.
  env().registerFlag('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', () => true);
  expect(await loadWebgpu()).toMatchObject({ onGpu: true });
  expect(env().getBool('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE')).toBe(false);
});

test('says what to install if there is no adapter', async () => {
  gpu.found = false;
  await expect(loadWebgpu()).rejects.toThrow(
    "no WebGPU adapter was found; install the GPU's Vulkan driver (Mesa's from version 25)",
  );
});
