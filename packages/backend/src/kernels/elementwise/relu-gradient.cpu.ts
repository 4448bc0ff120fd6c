import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuHost } from '../call/array-host.js';
import { checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { ReluGradientAttributes } from './relu-gradient.js';

/**
 * `MetadistillReluGrad` on cpu: dx = dy where 0 < y < maxValue, NaN where y is NaN, else 0.
 *
 * @returns dx of y's shape.
 * @throws TypeError or RangeError if dtypes or shapes do not fit.
 */
export function reluGradientOnCpu({
  inputs: { dy, y },
  attrs,
  backend,
}: KernelCall<'dy' | 'y', ReluGradientAttributes | undefined>): TensorInfo {
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
  const most = attrs?.maxValue ?? Number.NaN; // No number is at least NaN.
  for (let i = 0; i < result.length; i++) {
    const y = outputs[i] as number;
    result[i] = y > 0 && !(y >= most) ? (cotangents[i] as number) : Number.isNaN(y) ? y : 0;
  }
  return dx;
}
