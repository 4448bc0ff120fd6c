import { checkOptions, checkPart } from '@metadistill/options';
import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits } from '../check-inputs.js';
import type { Targets } from '../types.js';
import {
  type ClassificationMetricsOptions,
  classificationMetrics,
  type Metrics,
  type TeacherMetrics,
  teacherMetrics,
} from './metrics.js';

/** As for `classificationMetrics`. */
export type EvaluateOptions = Pick<ClassificationMetricsOptions, 'topK' | 'bins'>;

/**
 * Downloads logits and computes accuracy, calibration and, if you pass the teacher's logits, agreement with it.
 *
 * @param studentLogits `[examples, classes]`, borrowed, as are the targets.
 * @returns accuracies and errors in [0, 1], the Brier score in [0, 2]; likelihood, entropy and divergence in nats.
 * @throws TypeError, RangeError if shapes do not match, a label is out of range or a logit is not finite; a teacher's may be −Infinity, of
 *   a class that it masks.
 * @see Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks; Brier (1950), Verification of
 * forecasts expressed in terms of probability; Stanton et al. (2021), Does knowledge distillation really work?
 */
export async function evaluate(
  studentLogits: Tensor2D,
  targets: Targets,
  options: EvaluateOptions = {},
): Promise<Metrics & Partial<TeacherMetrics>> {
  checkOptions('evaluate', options, { topK: true, bins: true });
  checkPart('evaluate', 'studentLogits', studentLogits, 'tensor');
  checkPart('evaluate', 'targets', targets, 'targets');
  const classes = studentLogits.shape[1];
  const { labels, teacherLogits } = targets;
  checkLogitsAndLabels('evaluate', studentLogits, targets);
  if (teacherLogits !== undefined) tidy(() => void checkTeacherLogits('evaluate', studentLogits, targets));
  const [student, indices, teacher] = await Promise.all([
    studentLogits.data(),
    labels.data(),
    teacherLogits?.data(),
  ]);
  const metrics = classificationMetrics({ ...options, logits: student, labels: indices, classes });
  if (teacher === undefined) return metrics;
  return { ...metrics, ...teacherMetrics({ studentLogits: student, teacherLogits: teacher, classes }) };
}
