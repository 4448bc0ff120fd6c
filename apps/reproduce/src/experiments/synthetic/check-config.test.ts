import { expect, test } from 'vitest';
import { checkSyntheticConfig } from './check-config.js';
import { type SyntheticConfig, syntheticConfig } from './config.js';

test('the settings of both protocols are in order', () => {
  for (const protocol of ['published', 'corrected'] as const) {
    expect(() => checkSyntheticConfig(syntheticConfig(protocol))).not.toThrow();
  }
});

test.each([
  [{ seed: -1 }, '--set: seed is -1; expected a whole number, 0 to 2^31.'],
  [{ seed: 0.5 }, 'seed is 0.5'],
  [{ epochs: 1e9 }, '--set: epochs is 1000000000; expected a whole number, 1 to 1000000.'],
  [{ epochs: 1.5 }, '--set: epochs is 1.5; expected a whole number, 1 to 1000000.'],
  [{ evaluateEvery: 0 }, 'evaluateEvery is 0'],
  [{ searchTrials: 0 }, 'searchTrials is 0'],
  [{ teacherIterations: -1 }, '--set: teacherIterations is -1; expected a whole number, 0 to 1000000.'],
  [{ learningRate: 0 }, '--set: learningRate is 0; expected a number above 0.'],
  [{ validationTemperature: 0 }, 'validationTemperature is 0'],
  [{ temperatureLow: -0.1 }, 'temperatureLow is -0.1'],
  [{ temperatureHigh: 0.1 }, '--set: temperatureHigh is 0.1; expected more than temperatureLow.'],
] as [Partial<SyntheticConfig>, string][])('%j is refused', (setting, message) => {
  expect(() => checkSyntheticConfig({ ...syntheticConfig('published'), ...setting })).toThrow(message);
});
