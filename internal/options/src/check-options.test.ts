import { expect, test } from 'vitest';
import { checkOptions } from './check-options.js';

interface SearchOptions {
  readonly trials: number;
  readonly seed?: number;
}
const check = (options: unknown) =>
  checkOptions('search', options as SearchOptions, { trials: true, seed: true });

test('takes what is known, all of it or a part', () => {
  for (const options of [{}, { trials: 1 }, { seed: 1, trials: 2 }, { seed: undefined }]) check(options);
});

test.each([
  [{ sead: 1 }, "search: unknown option 'sead'; did you mean 'seed'? Known: trials, seed."],
  [{ trials: 1, constructor: 1 }, "search: unknown option 'constructor'"],
  [null, 'search: options is null; expected an object such as { trials }.'],
  [5, 'search: options is 5; expected an object'],
])('refuses %j', (options, message) => {
  expect(() => check(options)).toThrow(message);
  expect(() => check(options)).toThrow(TypeError);
});
