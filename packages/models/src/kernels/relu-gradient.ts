import { mul, step, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.js';

/** `values` where 0 < `output` < maxValue, else 0: what ReLU that is clipped to [0, maxValue] lets through in either direction. */
export const clippedReluGradient = (values: Tensor, output: Tensor, maxValue: number): Tensor =>
  runFused('MetadistillReluGrad', { dy: values, y: output }, { maxValue })?.[0] ??
  tidy(() => mul(values, step(mul(output, sub(maxValue, output)))));

/** `values` at positive `output` = max(x, 0), else 0: what ReLU lets through in either direction. */
export const reluGradient = (values: Tensor, output: Tensor): Tensor =>
  runFused('MetadistillReluGrad', { dy: values, y: output })?.[0] ?? tidy(() => mul(values, step(output)));
