import { checkPart } from '@metadistill/options';
import {
  addN,
  clone,
  dispose,
  div,
  maximum,
  mul,
  type Scalar,
  sqrt,
  sub,
  sum,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { expectAlive } from './check-arguments.js';
import { axpby } from './kernels/axpby.js';
import { runFused } from './kernels/run-fused.js';
import { scoped } from './scoped.js';
import type { Tensors, Weights } from './types.js';

/**
 * a + scale·b, tensor by tensor; both lists have the same shapes. The caller disposes of the result.
 *
 * @throws RangeError if the lists differ in length.
 */
export function addScaled(a: Tensors, b: Tensors, scale: number): Tensors {
  expectSameLength('addScaled', a, b);
  return axpby(
    a,
    1,
    b,
    b.map(() => scale),
  );
}

/** scale·a, tensor by tensor. The caller disposes of the result. */
export const scaleTensors = (a: Tensors, scale: number): Tensors =>
  runFused('MetadistillScale', a, { factor: scale }) ?? tidy(() => a.map((tensor) => mul(tensor, scale)));

/**
 * ⟨a, b⟩, the sum of all products of corresponding elements; a float32 scalar that the caller disposes of.
 *
 * @throws RangeError if the lists differ in length.
 */
export function dotTensors(a: Tensors, b: Tensors): Scalar {
  expectSameLength('dotTensors', a, b);
  const fused = runFused('MetadistillDot', [...a, ...b]);
  if (fused) return fused[0] as Scalar;
  return tidy(() => addN(a.map((tensor, i) => sum(mul(tensor, b[i]!)) as Scalar)));
}

/** ‖a‖₂ over all elements of all tensors; a float32 scalar that the caller disposes of. */
export const normTensors = (a: Tensors): Scalar => tidy(() => sqrt(dotTensors(a, a)));

/**
 * a − b ⟨a, b⟩/⟨b, b⟩, what is left of a without its part along b, tensor by tensor with products over all of them; zeros if b
 * is 0. The caller disposes of the result.
 *
 * In float32 it begins to fall to zero when ‖b‖ is below 3e-18.
 *
 * @throws RangeError if the lists differ in length.
 */
export function rejectTensors(a: Tensors, b: Tensors): Tensors {
  expectSameLength('rejectTensors', a, b);
  return (
    runFused('MetadistillReject', [...a, ...b]) ??
    tidy(() => {
      const squared = dotTensors(b, b);
      const divisor = maximum(squared, 1e-35);
      const [ofA, ofB] = [div(squared, divisor), div(dotTensors(a, b), divisor)];
      return a.map((tensor, i) => sub(mul(tensor, ofA), mul(b[i] as Tensor, ofB)));
    })
  );
}

/** Zeros in the shapes of the tensors given; the caller disposes of them. */
export const zeroTensors = (tensors: Tensors): Tensors =>
  tidy(() => tensors.map((tensor) => zerosLike(tensor)));

/**
 * A copy of weights, to keep those of an epoch or to go back to; the caller disposes of it (`disposeWeights`). Copies share
 * memory until one of them is disposed of.
 *
 * @throws RangeError if a tensor was disposed of.
 */
export function cloneWeights(weights: Weights): Weights {
  checkPart('cloneWeights', 'weights', weights, 'weights');
  expectAlive('cloneWeights', weights);
  return scoped(() => ({
    parameters: weights.parameters.map((each) => clone(each)),
    statistics: weights.statistics.map((each) => clone(each)),
  }));
}

/** Disposes of parameters and running statistics. */
export function disposeWeights(weights: Weights): void {
  dispose([...weights.parameters, ...weights.statistics]);
}

function expectSameLength(caller: string, a: Tensors, b: Tensors): void {
  if (a.length === b.length) return;
  throw new RangeError(`${caller}: b has ${b.length} tensors; expected ${a.length}. Are they of one model?`);
}
