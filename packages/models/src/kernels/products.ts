import {
  add,
  getBackend,
  matMul,
  mul,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.js';

/**
 * Stock wasm keeps what it has prepared of a right operand by its data alone: a reshaped view of it would be taken for the
 * first shape. What is multiplied there is a copy of its own, within the caller's `tidy`.
 */
export const fresh = <Operand extends Tensor>(b: Operand): Operand =>
  getBackend() === 'wasm' ? mul<Operand>(b, 1) : b;

/** ab of `[m, k]` and `[k, n]`. */
export const product = (a: Tensor2D, b: Tensor2D): Tensor2D =>
  (runFused('MetadistillMatMul', { a, b }, { transposeA: false, transposeB: false })?.[0] ??
    tidy(() => matMul(a, fresh(b)))) as Tensor2D;

/** xW + b of `[batch, inputs]`, `[inputs, outputs]` and `[outputs]`. */
export const productWithBias = (x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D =>
  (runFused('MetadistillDense', { x, weight, bias })?.[0] ??
    tidy(() => add(matMul(x, fresh(weight)), bias))) as Tensor2D;

/**
 * aᵀb of `[rows, m]` and `[rows, n]`.
 *
 * wasm's own product reads transposed operands element by element, 40 times slower than a transposed copy costs.
 */
export function matMulTransposeA(a: Tensor2D, b: Tensor2D): Tensor2D {
  const fused = runFused('MetadistillMatMul', { a, b }, { transposeA: true, transposeB: false });
  if (fused) return fused[0] as Tensor2D;
  if (getBackend() !== 'wasm') return matMul(a, b, true, false);
  return tidy(() => matMul(transpose(a), fresh(b)));
}

/** abᵀ of `[m, columns]` and `[n, columns]`. */
export function matMulTransposeB(a: Tensor2D, b: Tensor2D): Tensor2D {
  const fused = runFused('MetadistillMatMul', { a, b }, { transposeA: false, transposeB: true });
  if (fused) return fused[0] as Tensor2D;
  if (getBackend() !== 'wasm') return matMul(a, b, false, true);
  return tidy(() => matMul(a, transpose(b)));
}
