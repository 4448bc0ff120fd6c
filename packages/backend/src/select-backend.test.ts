import { add, getBackend, setBackend, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { largeStep, selectBackend, tinyStep } from './select-backend.js';

const fakeNative = vi.hoisted(() => ({ load: undefined as unknown as Loader | undefined }));
vi.mock('./loaders/load-tensorflow.js', async (importOriginal) => {
  const { loadTensorflow } = await importOriginal<typeof import('./loaders/load-tensorflow.js')>();
  return { loadTensorflow: (folder?: string) => (fakeNative.load ?? loadTensorflow)(folder) };
});
type Loader = typeof import('./loaders/load-tensorflow.js').loadTensorflow;

afterAll(() => setBackend('cpu').then(() => undefined));

describe('selectBackend', () => {
  it('takes cpu for a step that is all overhead, and says so', async () => {
    const { name, reason } = await selectBackend({ floatingPointOperationsPerStep: 15 * 4 * 2 * 6 });
    expect(name).toBe('cpu');
    expect(reason).toContain('720 operations a step');
    expect(getBackend()).toBe('cpu');
  });

  it('takes a backend that computes for a step at the threshold', async () => {
    const { name } = await selectBackend({ floatingPointOperationsPerStep: tinyStep });
    expect(name).not.toBe('cpu');
    expect(getBackend()).toBe(name);
    const sum = tidy(() => add(tensor1d([1, 2]), tensor1d([3, 4])).dataSync());
    expect(Array.from(sum)).toEqual([4, 6]);
  });

  it('takes what it is told to where that loads', async () => {
    expect((await selectBackend({ prefer: 'wasm' })).name).toBe('wasm');
    expect((await selectBackend({ prefer: 'cpu' })).name).toBe('cpu');
  });

  it('passes over a backend that is not there and keeps the reason', async () => {
    const { name, reason } = await selectBackend({ prefer: 'webgpu' });
    if (name !== 'webgpu') expect(reason).toContain('webgpu was passed over: ');
    expect(getBackend()).toBe(name);
  });

  it('falls back to cpu where the wasm backend does not load', async () => {
    vi.doMock('@tensorflow/tfjs-backend-wasm', () => {
      throw new Error('no such binary');
    });
    const { name, reason } = await selectBackend({ prefer: 'wasm' });
    vi.doUnmock('@tensorflow/tfjs-backend-wasm');
    expect(name).toBe('cpu');
    expect(reason).toContain('wasm was passed over: ');
  });

  it.each([
    ['on a GPU', true, undefined, 'tensorflow'],
    ['on a CPU for steps of unknown size', false, undefined, 'wasm'],
    ['on a CPU for small steps', false, largeStep / 2, 'wasm'],
    ['on a CPU for large steps', false, largeStep, 'tensorflow'],
  ])('takes native TensorFlow where it gains: %s', async (_, onGpu, operations, expected) => {
    fakeNative.load = async () => ({ description: 'native', onGpu });
    const auto = await selectBackend(
      operations === undefined ? {} : { floatingPointOperationsPerStep: operations },
    );
    expect(auto.name).toBe(expected);
    if (expected === 'wasm') expect(auto.reason).toContain('on a CPU it gains in large steps alone');
    expect((await selectBackend({ prefer: 'tensorflow' })).name).toBe('tensorflow');
    fakeNative.load = undefined;
  });

  it('refuses a name and a size that mean nothing', async () => {
    await expect(selectBackend({ prefer: 'webgl' as 'wasm' })).rejects.toThrow(/prefer is 'webgl'/);
    await expect(selectBackend({ floatingPointOperationsPerStep: Number.NaN })).rejects.toThrow(RangeError);
  });
});
