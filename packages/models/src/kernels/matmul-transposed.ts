import { getBackend, matMul, type Tensor2D, tidy, transpose } from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.js';

/**
 * aᵀb of `[rows, m]` and `[rows, n]`.
 *
 * wasm's own product reads transposed operands element by element, 40 times slower than a transposed copy costs.
 */
export function matMulTransposeA(a: Tensor2D, b: Tensor2D): Tensor2D {
  const fused = runFused('MetadistillMatMul', { a, b }, { transposeA: true, transposeB: false });
  if (fused) return fused[0] as Tensor2D;
  if (getBackend() !== 'wasm') return matMul(a, b, true, false);
  return tidy(() => matMul(transpose(a), b));
}

/** abᵀ of `[m, columns]` and `[n, columns]`. */
export function matMulTransposeB(a: Tensor2D, b: Tensor2D): Tensor2D {
  const fused = runFused('MetadistillMatMul', { a, b }, { transposeA: false, transposeB: true });
  if (fused) return fused[0] as Tensor2D;
  if (getBackend() !== 'wasm') return matMul(a, b, false, true);
  return tidy(() => matMul(a, transpose(b)));
}
