import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { TemperedSoftmax } from '../tempered-softmax.js';

/**
 * D(u, v) between p = softmax(u) of the student and q = softmax(v) of the teacher, u = z/T and v = t/T, summed over
 * the batch. `distillation` adds the average, the power of T and the chain rule. Made inside the caller's `tidy`.
 */
export interface Divergence {
  value(student: TemperedSoftmax, teacher: TemperedSoftmax): Scalar;
  /** ∂D/∂u `[batch, classes]`. */
  studentGradient(student: TemperedSoftmax, teacher: TemperedSoftmax): Tensor2D;
  /** ∂D/∂v `[batch, classes]`: what a temperature adds, since it moves the teacher's softmax too. */
  teacherGradient(student: TemperedSoftmax, teacher: TemperedSoftmax): Tensor2D;
  /** The change of ∂D/∂u as (u, v) moves along itself: (∂²D/∂u²)u + (∂²D/∂u∂v)v, `[batch, classes]`. */
  radialDerivative(student: TemperedSoftmax, teacher: TemperedSoftmax): Tensor2D;
}
