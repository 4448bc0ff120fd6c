import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  classificationMetrics,
  type Metrics,
  type MetricsOptions,
  type TeacherMetrics,
  teacherMetrics,
} from './metrics.js';
import type { Targets } from './types.js';

/**
 * Downloads logits and computes accuracy, calibration and, where the teacher's logits are given, agreement with it.
 *
 * @param studentLogits `[examples, classes]`, borrowed, as are the targets.
 * @throws RangeError where shapes do not match, a label is out of range or a logit is not finite.
 */
export async function evaluate(
  studentLogits: Tensor2D,
  targets: Targets,
  options: MetricsOptions = {},
): Promise<Metrics & Partial<TeacherMetrics>> {
  const classes = studentLogits.shape[1];
  const { labels, teacherLogits } = targets;
  const [student, indices, teacher] = await Promise.all([
    studentLogits.data(),
    labels.data(),
    teacherLogits?.data(),
  ]);
  const metrics = classificationMetrics(student, indices, classes, options);
  if (teacher === undefined) return metrics;
  return { ...metrics, ...teacherMetrics(student, teacher, classes) };
}
