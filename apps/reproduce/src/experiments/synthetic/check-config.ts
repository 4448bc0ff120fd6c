import { checkCommonSettings } from '../training/setting-checks.js';
import type { SyntheticConfig } from './config.js';

/** @throws RangeError if a setting cannot work. */
export function checkSyntheticConfig(config: SyntheticConfig): void {
  const { count, positive } = checkCommonSettings(config);
  count('teacherIterations', 0);
  positive('teacherLearningRate');
  count('evaluateEvery');
}
