import { nearest } from '@metadistill/options';
import { checkCommonSettings } from '../training/setting-checks.js';
import { augmentChoices, type ImageConfig } from './config.js';

/** @throws RangeError if a setting cannot work, before anything is loaded. */
export function checkImageConfig(config: ImageConfig): void {
  const { check, count, positive } = checkCommonSettings(config);
  count('batchSize', 2); // Batch norm after a dense layer has no statistics of one example.
  count('learningRateDecayEpochs');
  count('trainingImages');
  count('testImages');
  positive('learningRateDecayFactor');
  const { validationFraction, trainingImages } = config;
  check(
    'validationFraction',
    'a number above 0 and below 1',
    validationFraction > 0 && validationFraction < 1,
  );
  const heldOut = Math.round(trainingImages * validationFraction);
  check(
    'trainingImages',
    `enough to train on and to hold ${validationFraction} of them out`,
    heldOut >= 1 && heldOut < trainingImages,
  );
  if (!(augmentChoices as readonly string[]).includes(config.augment)) {
    throw new RangeError(`--set: ${nearest('augment', config.augment, augmentChoices)}`);
  }
}
