import type { ConfigValue } from '../../runs/experiment.js';
import type { MetaSettings } from './meta-optimization.js';
import type { SearchSettings } from './search-run.js';

/** Beyond it, a count is a typing error: it would run out of memory or of days. */
const largestCount = 1_000_000;

/** What every experiment can be told. */
type CommonSettings = MetaSettings &
  SearchSettings & {
    readonly seed: number;
    readonly epochs: number;
    readonly learningRate: number;
    readonly validationTemperature: number;
  };

/** Checks of settings by key; each throws a RangeError if `--set` gave what cannot work. */
export interface SettingChecks<Key extends string> {
  check(key: Key, expected: string, valid: boolean): void;
  /** A whole number, `least` to a million; 1 or more if left out. */
  count(key: Key, least?: number): void;
  positive(key: Key): void;
}

/** Checks what every experiment can be told, and returns the checks for the rest. */
export function checkCommonSettings<Config extends CommonSettings & Readonly<Record<string, ConfigValue>>>(
  config: Config,
): SettingChecks<keyof Config & string> {
  const check = (key: keyof Config & string, expected: string, valid: boolean): void => {
    if (!valid) throw new RangeError(`--set: ${key} is ${config[key]}; expected ${expected}.`);
  };
  const whole = (key: keyof Config & string, least: number, most: number): boolean =>
    Number.isInteger(config[key]) && Number(config[key]) >= least && Number(config[key]) <= most;
  const count = (key: keyof Config & string, least = 1): void =>
    check(key, `a whole number, ${least} to ${largestCount}`, whole(key, least, largestCount));
  const positive = (key: keyof Config & string): void =>
    check(key, 'a number above 0', Number(config[key]) > 0);
  // Runs and epochs add to it; NumPy's seeds end there.
  check('seed', 'a whole number, 0 to 2^31', whole('seed', 0, 2 ** 31));
  count('epochs');
  count('searchTrials');
  positive('learningRate');
  positive('metaLearningRate');
  positive('metaClipValue');
  positive('validationTemperature');
  positive('temperatureLow');
  check('temperatureHigh', 'more than temperatureLow', config.temperatureHigh > config.temperatureLow);
  return { check, count, positive };
}
