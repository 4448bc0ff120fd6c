import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../call/array-host.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/**
 * `MetadistillReluGrad` on cpu: dx = dy where y > 0, NaN where y is NaN, else 0.
 *
 * @returns dx of y's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function reluGradientOnCpu({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): TensorInfo {
  checkTensor('reluGradient', 'dy', dy, 'float32');
  checkTensor('reluGradient', 'y', y, 'float32');
  checkShape('reluGradient', 'dy', dy, y.shape);
  const host = cpuHost(backend);
  const dx = host.make(y.shape, 'float32');
  const [cotangents, outputs, result] = [dy, y, dx].map(host.floats) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let i = 0; i < result.length; i++) {
    const y = outputs[i] as number;
    result[i] = y > 0 ? (cotangents[i] as number) : Number.isNaN(y) ? y : 0;
  }
  return dx;
}
