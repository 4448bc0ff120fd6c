import { nearest } from '@metadistill/options';
import type { ConfigValue, ExperimentConfig } from './experiment.js';

/**
 * The configuration with `key=value` overrides, each of the type of its default: `learningRate=0.1`,
 * `augment=false`, `milestones=10,20`.
 *
 * @throws RangeError for a key that the configuration does not have, naming the nearest one.
 * @throws TypeError for a value of another type.
 */
export function applyOverrides<Config extends ExperimentConfig>(
  defaults: Config,
  overrides: readonly string[],
): Config {
  const config: Record<string, ConfigValue> = { ...defaults };
  for (const override of overrides) {
    const split = override.indexOf('=');
    if (split < 1) throw new TypeError(`--set is '${override}'; expected key=value, such as epochs=10.`);
    const key = override.slice(0, split);
    if (!Object.hasOwn(defaults, key)) {
      throw new RangeError(`--set: ${nearest('key', key, Object.keys(defaults))}`);
    }
    config[key] = parseLike(defaults[key] as ConfigValue, key, override.slice(split + 1));
  }
  return config as Config;
}

/** What differs, a phrase per key: `epochs is 1, not 50`. A key that one side lacks is `unset` there. */
export function configDifference(
  got: Readonly<Record<string, ShownValue>>,
  wanted: Readonly<Record<string, ShownValue>>,
): string[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(got)])];
  return keys
    .filter((key) => JSON.stringify(got[key]) !== JSON.stringify(wanted[key]))
    .map((key) => `${key} is ${show(got[key])}, not ${show(wanted[key])}`);
}

/** What a configuration has that its defaults, which give the keys and types, do not allow; undefined if nothing. */
export function configFault(config: ExperimentConfig, defaults: ExperimentConfig): string | undefined {
  const unknown = Object.keys(config).find((key) => !Object.hasOwn(defaults, key));
  if (unknown !== undefined) return `${unknown} is no setting of this experiment`;
  for (const [key, example] of Object.entries(defaults)) {
    const found = Object.hasOwn(config, key) ? config[key] : undefined;
    if (kindOf(found) !== kindOf(example)) {
      const shown = typeof found === 'string' ? `'${found}'` : show(found);
      return `${key} is ${shown}; expected ${kindOf(example)}`;
    }
  }
  return undefined;
}

const kindOf = (value: ConfigValue | undefined): string => {
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'no number';
  return value === undefined ? 'nothing' : 'a list of numbers';
};

type ShownValue = ConfigValue | readonly (number | string)[];

const show = (value: ShownValue | undefined): string =>
  value === undefined ? 'unset' : typeof value === 'object' ? value.join(',') : String(value);

function parseLike(example: ConfigValue, key: string, text: string): ConfigValue {
  const refuse = (expected: string): never => {
    throw new TypeError(`--set: ${key} is '${text}'; expected ${expected}, such as ${key}=${show(example)}.`);
  };
  if (typeof example === 'string') return text;
  if (typeof example === 'boolean') {
    return text === 'true' || text === 'false' ? text === 'true' : refuse('true or false');
  }
  const numbers = text === '' && typeof example === 'object' ? [] : text.split(',').map(parseNumber);
  if (numbers.includes(Number.NaN)) {
    return refuse(typeof example === 'number' ? 'a number' : 'numbers separated by commas');
  }
  if (typeof example === 'object') return numbers;
  return numbers.length === 1 ? (numbers[0] as number) : refuse('one number');
}

const parseNumber = (text: string): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : Number.NaN;
};
