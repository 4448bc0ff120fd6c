import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { runtimeOf, type WasmRuntime } from '../../wasm/wasm-runtime.js';
import { sizeOf } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';

/** Attributes of `Sum` and `Mean`. */
export interface ReductionAttributes {
  /** All, if left out. */
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

type Call = KernelCall<'x', ReductionAttributes>;

/**
 * `Sum` on wasm over axes that are next to each other, in one pass. TensorFlow.js transposes unless they are the last ones,
 * and adds one number at a time.
 *
 * `x` is float32 of any rank, not empty.
 */
export function sum({ inputs: { x }, attrs, backend }: Call): TensorInfo {
  return sumOf(runtimeOf(backend), x, attrs).output;
}

/** `Mean` on wasm, for the same calls. */
export function mean({ inputs: { x }, attrs, backend }: Call): TensorInfo {
  const runtime = runtimeOf(backend);
  const { output, length } = sumOf(runtime, x, attrs);
  const address = runtime.address(output);
  runtime.kernels.scale(address, address, sizeOf(output.shape), 1 / length);
  return output;
}

/** The calls that `sum` and `mean` take: neighbouring axes, where ours is faster (`bench/kernels.js Sum`). */
export function sumsNeighbours({ inputs: { x }, attrs: { axis } }: Call): boolean {
  if (x.dtype !== 'float32' || sizeOf(x.shape) === 0) return false;
  const axes = sortedAxes(x.shape, axis);
  if (axes.length === 0 || axes.some((each, i) => each !== axes[0]! + i)) return false;
  const { outer, length, inner } = partsOf(x.shape, axes);
  if (inner === 1) return length >= 32 && outer * length >= 128;
  return outer === 1 || length * inner >= 16;
}

function sumOf(runtime: WasmRuntime, x: TensorInfo, { axis, keepDims = false }: ReductionAttributes) {
  const axes = sortedAxes(x.shape, axis);
  const kept = x.shape.map((length, each) => (axes.includes(each) ? 1 : length));
  const shape = keepDims ? kept : kept.filter((_, each) => !axes.includes(each));
  const output = runtime.makeOutput(shape, 'float32');
  const { outer, length, inner } = partsOf(x.shape, axes);
  const { kernels, address } = runtime;
  if (inner === 1) kernels.rowSums(address(x), outer, length, address(output));
  else kernels.sumMiddle(address(x), outer, length, inner, address(output));
  return { output, length };
}

/** A shape as `[outer, length, inner]` around the axes that are summed. */
function partsOf(shape: readonly number[], axes: readonly number[]) {
  const [first, last] = [axes[0]!, axes.at(-1)!];
  return {
    outer: sizeOf(shape.slice(0, first)),
    length: sizeOf(shape.slice(first, last + 1)),
    inner: sizeOf(shape.slice(last + 1)),
  };
}

const sortedAxes = (shape: number[], axis: number | number[] | undefined): number[] =>
  util.parseAxisParam(axis as number, shape).sort((a, b) => a - b);
