import { agreementTemperature } from '@metadistill/losses';
import type { TaskData } from './tasks/task.js';

/**
 * The teacher's answers are as soft as they should be where it gives, of the way from an even guess to certainty, this
 * share to its first choice: 0.45 of ten classes.
 */
export const agreementRule = { ruleShare: 7 / 18 } as const;

/** The temperature of that softness, 1 or more; from the teacher's logits on the training examples. */
export function temperatureByRule({ training: { teacherLogits } }: TaskData): number {
  const even = 1 / teacherLogits.classes;
  const topProbability = even + agreementRule.ruleShare * (1 - even);
  return Math.max(1, agreementTemperature({ teacherLogits, topProbability }));
}
