import { nearest } from '../../nearest.js';
import { augmentChoices, type ImageConfig } from './config.js';

/** @throws RangeError where a setting cannot work, before anything is loaded. */
export function checkImageConfig(config: ImageConfig): void {
  const check = (key: keyof ImageConfig, expected: string, valid: boolean) => {
    if (valid) return;
    throw new RangeError(`--set: ${key} is ${config[key]}; expected ${expected}.`);
  };
  const count = (key: keyof ImageConfig, least = 1) =>
    check(
      key,
      `a whole number, ${least} or more`,
      Number.isInteger(config[key]) && Number(config[key]) >= least,
    );
  const positive = (key: keyof ImageConfig) => check(key, 'a number above 0', Number(config[key]) > 0);
  count('epochs');
  count('batchSize', 2); // Batch norm has no statistics of one example.
  count('learningRateDecayEpochs');
  count('searchTrials');
  count('trainingImages');
  count('testImages');
  positive('learningRate');
  positive('learningRateDecayFactor');
  positive('metaLearningRate');
  positive('metaClipValue');
  positive('validationTemperature');
  positive('temperatureLow');
  check('temperatureHigh', 'more than temperatureLow', config.temperatureHigh > config.temperatureLow);
  const { validationFraction } = config;
  check(
    'validationFraction',
    'a number above 0 and below 1',
    validationFraction > 0 && validationFraction < 1,
  );
  if (!(augmentChoices as readonly string[]).includes(config.augment)) {
    throw new RangeError(`--set: ${nearest('augment', config.augment, augmentChoices)}`);
  }
}
