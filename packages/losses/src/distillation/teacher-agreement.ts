import { checkOptions, describeValue } from '@metadistill/options';
import {
  argMax,
  cast,
  max,
  sum,
  type Tensor1D,
  type Tensor2D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits, checkTemperature } from '../check-inputs.js';
import { labelRows } from '../softmax/soften.js';
import type { LogitLoss, Targets } from '../types.js';
import { distillation } from './distillation.js';

export interface TeacherAgreementOptions {
  /** T_v > 0; `agreementTemperature` finds one that suits the teacher. */
  readonly temperature: number;
  /**
   * What to ask for where the teacher's first choice is not the label: its answer all the same (`trust`, the default), or
   * its answer with the logits of the two exchanged (`swap`).
   */
  readonly wrongTeacher?: 'trust' | 'swap';
}

/**
 * How far the student is from its teacher's softened answers: (1/B) Σ_b KL(softmax(t_b/T_v) ‖ softmax(z_b/T_v)).
 *
 * A validation loss, which sees what the labels do not say: how alike the wrong classes are. Without metaparameters: T_v says
 * what is asked for, and is not to be tuned. ∂/∂z = (softmax(z/T_v) − softmax(t/T_v)) / (B·T_v).
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if the temperature is not finite and above 0 or `wrongTeacher` is neither, TypeError if an option is
 *   unknown; on use, TypeError or RangeError if the teacher's logits are missing or of another shape.
 * @see Wen, Lai, Qian (2019), Preparing lessons: improve knowledge distillation with better supervision, section 3.2, for the swap.
 */
export function teacherAgreement(options: TeacherAgreementOptions): LogitLoss {
  checkOptions<TeacherAgreementOptions>('teacherAgreement', options, {
    temperature: true,
    wrongTeacher: true,
  });
  const { temperature, wrongTeacher = 'trust' } = options;
  checkTemperature('teacherAgreement', temperature);
  if (wrongTeacher !== 'trust' && wrongTeacher !== 'swap') {
    throw new RangeError(
      `teacherAgreement: wrongTeacher is ${describeValue(wrongTeacher)}; expected 'trust' or 'swap'.`,
    );
  }
  const loss = distillation({ scaling: 'none' });
  const asked = (studentLogits: Tensor2D, targets: Targets): Targets => {
    checkLogitsAndLabels('teacherAgreement', studentLogits, targets);
    const teacherLogits = checkTeacherLogits('teacherAgreement', studentLogits, targets);
    return wrongTeacher === 'trust'
      ? targets
      : { ...targets, teacherLogits: corrected(teacherLogits, targets.labels) };
  };
  return {
    name: `teacherAgreement(temperature=${temperature}${wrongTeacher === 'swap' ? ', wrongTeacher=swap' : ''})`,
    metaparameters: [],
    needsTeacher: true,
    valueAndGradient: (studentLogits, targets) =>
      tidy(() => loss.valueAndGradient(studentLogits, asked(studentLogits, targets), { temperature })),
    metaparameterGradient: () => ({}),
    mixedDerivatives: () => ({}),
    exampleLosses: (studentLogits, targets) =>
      tidy(() => loss.exampleLosses!(studentLogits, asked(studentLogits, targets), { temperature })),
    hessianProduct: (studentLogits, targets, _metaparameters, tangent) =>
      tidy(
        () =>
          loss.hessianProduct?.(
            studentLogits,
            asked(studentLogits, targets),
            { temperature },
            tangent,
          ) as Tensor2D,
      ),
  };
}

/**
 * The logits of the label and of the teacher's first choice exchanged, which changes nothing where they are one. They are picked,
 * not added to and taken away: beside the logit of a masked class, any other is lost to rounding.
 */
function corrected(teacherLogits: Tensor2D, labels: Tensor1D): Tensor2D {
  const classes = teacherLogits.shape[1];
  const [isLabel, isFirst] = [labels, argMax(teacherLogits, 1) as Tensor1D].map((each) =>
    cast(labelRows(each, classes), 'bool'),
  ) as [Tensor2D, Tensor2D];
  const ofLabel = sum(where(isLabel, teacherLogits, zerosLike(teacherLogits)), 1, true);
  return where(isLabel, max(teacherLogits, 1, true), where(isFirst, ofLabel, teacherLogits)) as Tensor2D;
}
