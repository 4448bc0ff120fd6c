import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/**
 * A loss between intermediate features of student and teacher, with its derivative by the student's.
 *
 * Features are `[batch, ...]`: `[batch, units]`, or `[batch, height, width, channels]`. The teacher's are constants.
 * Inputs are borrowed, outputs belong to the caller.
 */
export interface FeatureLoss {
  readonly name: string;
  /** The loss, and its derivative in the shape of the student's features. */
  valueAndGradient(
    studentFeatures: Tensor,
    teacherFeatures: Tensor,
  ): { readonly value: Scalar; readonly gradient: Tensor };
}
