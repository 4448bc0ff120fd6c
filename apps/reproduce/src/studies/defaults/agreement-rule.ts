import { agreementTemperature } from '@metadistill/losses';
import type { TaskData } from './tasks/task.js';

/**
 * The teacher's answers are as soft as they should be if it gives, of the way from an even guess to certainty, this share to
 * its first choice: 0.65 of ten classes. The default of `agreementTemperature`, for the configurations in the logs.
 */
export const agreementRule = { ruleShare: 11 / 18 } as const;

/** The temperature of that softness, 1 or more; from the teacher's logits on the training examples. */
export const temperatureByRule = ({ training: { teacherLogits } }: TaskData): number =>
  Math.max(1, agreementTemperature({ teacherLogits }));
