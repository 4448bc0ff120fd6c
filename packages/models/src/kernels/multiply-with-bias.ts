import { add, matMul, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.js';

/** xW + b of `[batch, inputs]`, `[inputs, outputs]` and `[outputs]`. */
export const multiplyWithBias = (x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D =>
  (runFused('MetadistillDense', { x, weight, bias })?.[0] ??
    tidy(() => add(matMul(x, weight), bias))) as Tensor2D;
