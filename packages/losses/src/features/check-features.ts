import type { Tensor } from '@tensorflow/tfjs-core';

/** @throws RangeError if student and teacher do not have the same shape. */
export function checkSameShape(caller: string, student: Tensor, teacher: Tensor): void {
  if (String(student.shape) !== String(teacher.shape)) {
    throw new RangeError(
      `${caller}: teacherFeatures has shape [${teacher.shape}]; expected [${student.shape}] as studentFeatures has. ` +
        'Put an adapter between them, or compare other layers.',
    );
  }
}

/** @throws RangeError if the batches differ, or are smaller than `minimum`. */
export function checkSameBatch(caller: string, student: Tensor, teacher: Tensor, minimum: number): void {
  const batch = student.shape[0];
  if (batch !== teacher.shape[0]) {
    throw new RangeError(
      `${caller}: teacherFeatures has ${teacher.shape[0]} examples; expected ${batch} as studentFeatures has. ` +
        'Do both come from the same batch?',
    );
  }
  if (batch === undefined || batch < minimum) {
    throw new RangeError(
      `${caller}: studentFeatures has ${batch} examples; expected at least ${minimum}, which it compares.`,
    );
  }
}
