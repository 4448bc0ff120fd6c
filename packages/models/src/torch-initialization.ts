import type { UniformSampler } from './types.js';

/** What a kernel connects: every output with `height`×`width`×`channels` inputs. */
export interface KernelSizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outputs: number;
}

/**
 * Weights ~ U(−b, b), b = 1/√(height·width·channels): `kaiming_uniform_(a=√5)` of PyTorch's linear and convolution.
 *
 * Drawn in PyTorch's order, (outputs, channels, height, width), and stored in ours, [height, width, channels, outputs],
 * so that a sampler that is PyTorch's stream gives PyTorch's weights, bit for bit.
 */
export function drawKernel(uniform: UniformSampler, sizes: KernelSizes): Float32Array {
  const { height, width, channels, outputs } = sizes;
  const bound = boundOf(sizes);
  const values = new Float32Array(height * width * channels * outputs);
  for (let o = 0; o < outputs; o++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < height * width; i++) {
        values[(i * channels + c) * outputs + o] = uniform(-bound, bound);
      }
    }
  }
  return values;
}

/** So many biases ~ U(−b, b) with the bound of the weights; PyTorch draws them after the weights. */
export function drawBias(uniform: UniformSampler, sizes: KernelSizes, count: number): Float32Array {
  const bound = boundOf(sizes);
  return Float32Array.from({ length: count }, () => uniform(-bound, bound));
}

const boundOf = ({ height, width, channels }: KernelSizes): number =>
  Math.fround(1 / Math.sqrt(height * width * channels));
