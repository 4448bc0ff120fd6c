import { expect, test } from 'vitest';
import { checkImageConfig } from './check-config.js';
import { commonConfig, type ImageConfig } from './config.js';

const config: ImageConfig = {
  ...commonConfig,
  epochs: 1,
  metaLearningRate: 0.1,
  trainingImages: 1000,
  testImages: 100,
  teacherLogits: 'teacher.npy',
};

test('the settings of the paper are in order', () => {
  expect(() => checkImageConfig(config)).not.toThrow();
});

test.each([
  [{ epochs: 0 }, '--set: epochs is 0; expected a whole number, 1 to 1000000.'],
  [{ batchSize: 1 }, '--set: batchSize is 1; expected a whole number, 2 to 1000000.'],
  [{ learningRate: -1 }, '--set: learningRate is -1; expected a number above 0.'],
  [{ validationFraction: 1 }, '--set: validationFraction is 1; expected a number above 0 and below 1.'],
  [
    { trainingImages: 4 },
    '--set: trainingImages is 4; expected enough to train on and to hold 0.1 of them out.',
  ],
  [{ temperatureHigh: 0.1 }, '--set: temperatureHigh is 0.1; expected more than temperatureLow.'],
  [{ augment: 'gradients' }, "--set: unknown augment 'gradients'; did you mean 'gradient'?"],
] as [Partial<ImageConfig>, string][])('%j is refused', (setting, message) => {
  expect(() => checkImageConfig({ ...config, ...setting })).toThrow(message);
});
