import { mul, step, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.js';

/** `values` at positive `output` = max(x, 0), else 0: what ReLU lets through in either direction. */
export const reluGradient = (values: Tensor, output: Tensor): Tensor =>
  runFused('MetadistillReluGrad', { dy: values, y: output })?.[0] ?? tidy(() => mul(values, step(output)));
