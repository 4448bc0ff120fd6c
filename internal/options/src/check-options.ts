import { nearest } from './nearest.js';

/**
 * Refuses an option that a function does not have, which in JavaScript would be ignored in silence.
 *
 * @param known every option of the function, so that the compiler reports one that is missing here.
 * @throws TypeError if `options` is not an object, or has a key that is not known, naming the nearest one.
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `${caller}: options is ${options}; expected an object such as { ${Object.keys(known)[0]} }.`,
    );
  }
  const stranger = Object.keys(options).find((key) => known[key as keyof Options] !== true);
  if (stranger !== undefined)
    throw new TypeError(`${caller}: ${nearest('option', stranger, Object.keys(known))}`);
}
