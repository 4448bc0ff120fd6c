import type { LogitLoss, Targets } from '@metadistill/losses';
import { checkPart } from '@metadistill/options';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { BilevelProblem } from '../types.js';

/** Inputs `[batch, ...inputShape]` with what their logits are compared with. */
export interface LogitBatch extends Targets {
  readonly inputs: Tensor;
}

/** @throws TypeError, RangeError if inputs or labels are missing, or a label is not in 0..classes-1. */
export async function checkLogitBatch(batch: LogitBatch, name: string, classes: number): Promise<void> {
  checkPart('hypergradient', name, batch, 'batch');
  const labels = await batch.labels.data();
  const row = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (row < 0) return;
  throw new RangeError(
    `hypergradient: the label of row ${row} of ${name} is ${labels[row]}; expected an integer, 0 to ${classes - 1}. ` +
      'Count the classes from 0.',
  );
}

/** The problem's refusal of validation batches without the teachers that the loss reads; nothing for a loss of labels alone. */
export function validationCheck(
  caller: string,
  { name, needsTeacher, needsTeachers = 0 }: LogitLoss,
): Pick<BilevelProblem<never, never, LogitBatch>, 'checkValidationBatch'> {
  if (!needsTeacher && needsTeachers === 0) return {};
  return {
    checkValidationBatch({ teacherLogits, teachers }) {
      if (needsTeacher && teacherLogits === undefined) {
        throw new TypeError(
          `${caller}: a validation batch has no teacherLogits; expected them, since ${name} reads them. Give ` +
            "the validation set's teacherLogits or a teacher to its batches, or choose a validation loss that needs none.",
        );
      }
      const given = teachers?.length ?? (teacherLogits ? 1 : 0);
      if (needsTeachers > 0 && given !== needsTeachers) {
        throw new TypeError(
          `${caller}: the number of teachers in a validation batch is ${given}; expected ${needsTeachers}, since ${name} reads ` +
            'them. Give its batches the same teachers as those of training, or choose a validation loss that needs none.',
        );
      }
    },
  };
}
