import { engine, getBackend, getKernel, type Tensor, tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Normalization } from '../types.js';

/**
 * What `makeBatch` does to images: (x / 255 − mean) / std of uint8 pixels `[..., channels]`, float32, rounded after each operation as PyTorch's ToTensor
 * and Normalize do; x / 255 without a normalization. `channelStatistics` computes a mean and std of your own.
 *
 * A byte has only 256 values per channel, so each pixel is looked up: by the kernel `MetadistillLookUpBytes` if the
 * backend in use has it (`@metadistill/backend` registers it for wasm), else here.
 */
export function normalizePixels(
  pixels: Uint8Array,
  shape: readonly number[],
  normalization: Normalization | undefined,
): Tensor {
  const channels = shape.at(-1) as number;
  const tables = lookupTables(channels, normalization);
  if (getKernel('MetadistillLookUpBytes', getBackend()) === undefined) {
    return tensor(lookedUp(pixels, channels, tables), [...shape], 'float32');
  }
  return tidy(() => {
    const inputs = {
      bytes: tensor(pixels, [...shape], 'bool'),
      tables: tensor2d(tables, [channels, 256], 'float32'),
    };
    return engine().runKernel('MetadistillLookUpBytes', inputs, {}) as Tensor;
  });
}

/** `[channels, 256]`: what each byte becomes. */
function lookupTables(channels: number, normalization: Normalization | undefined): Float32Array {
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    const channel = i >> 8;
    const mean = Math.fround(normalization?.mean[channel] ?? 0);
    const std = Math.fround(normalization?.std[channel] ?? 1);
    return Math.fround(Math.fround((i & 255) / 255) - mean) / std;
  });
}

function lookedUp(pixels: Uint8Array, channels: number, tables: Float32Array): Float32Array {
  const output = new Float32Array(pixels.length);
  for (let channel = 0; channel < channels; channel++) {
    const table = tables.subarray(channel * 256, (channel + 1) * 256);
    for (let i = channel; i < output.length; i += channels) output[i] = table[pixels[i] as number] as number;
  }
  return output;
}
