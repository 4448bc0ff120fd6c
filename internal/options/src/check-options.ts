import { describeValue, isPlainObject } from './describe-value.js';
import { nearest } from './nearest.js';
import { checkPart, type PartCheck } from './parts.js';

/** Every option of a function, so that the compiler reports one that is missing; with the part that it has to be, if any. */
export type KnownOptions<Options extends object> = Readonly<Record<keyof Options, true | PartCheck>>;

/**
 * Refuses an option that a function does not have, which in JavaScript would be ignored in silence, and one that is not the
 * part that it has to be.
 *
 * @param caller the function, or one of its options: `train: meta`.
 * @param example what the error shows if `options` is no object; by default the first option alone.
 * @throws TypeError if `options` is no plain object, has a key that is not known, naming the nearest one, or a wrong part.
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: Options,
  known: KnownOptions<Options>,
  example = `{ ${Object.keys(known)[0]} }`,
): void {
  const names = Object.keys(known);
  const [name, path] = caller.split(': ') as [string, string?];
  if (!isPlainObject(options)) {
    throw new TypeError(
      `${name}: ${path ?? 'options'} is ${describeValue(options)}; expected an object such as ${example}.`,
    );
  }
  const stranger = Reflect.ownKeys(options).find((key) => !names.includes(key as string));
  if (stranger !== undefined) {
    throw new TypeError(`${caller}: ${nearest('option', String(stranger), names)}`);
  }
  for (const option of names as (keyof Options & string)[]) {
    const check = known[option];
    if (check !== true) checkPart(name, path ? `${path}.${option}` : option, options[option], check);
  }
}

/**
 * Refuses whatever is passed to a function without options.
 *
 * @param given the function's rest parameter, `...none: []`.
 * @throws TypeError if there is any.
 */
export function checkNoOptions(caller: string, given: readonly unknown[]): void {
  if (given.every((value) => value === undefined)) return;
  throw new TypeError(
    `${caller}: options is ${describeValue(given[0])}; expected nothing. It has no options: call ${caller}().`,
  );
}
