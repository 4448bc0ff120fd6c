import { nearest } from '@metadistill/options';

/** What `--backend` takes. */
export const backendNames = ['auto', 'wasm', 'cpu', 'tensorflow', 'webgpu'] as const;

/** What `--arithmetic` takes. */
export const arithmetics = ['direct', 'fast'] as const;

/** Where runs are logged by default. Git ignores it: `results` is the committed reference. */
export const defaultRunsFolder = 'runs';

/** A parser of whole numbers, `minimum` to `maximum`, for the option of a name such as `--runs`. */
export function integerFrom(option: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= minimum && number <= maximum) return number;
    throw new RangeError(`${option} is '${text}'; expected a whole number, ${minimum} to ${maximum}.`);
  };
}

/** A parser of numbers above 0, for the option of a name such as `--learning-rate`. */
export function positiveNumber(option: string): (text: string) => number {
  return (text) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (number > 0 && Number.isFinite(number)) return number;
    throw new RangeError(`${option} is '${text}'; expected a number above 0.`);
  };
}

/** A parser of one of some names; anything else is refused with the nearest one. */
export function oneOf<Name extends string>(kind: string, names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new RangeError(nearest(kind, text, names));
    return found;
  };
}

/**
 * A parser of names separated by commas, without duplicates.
 *
 * @param resolve - the name to use for a name given, undefined for an unknown one.
 * @param known - what an unknown name is compared with.
 */
export function listOf(
  kind: string,
  resolve: (name: string) => string | undefined,
  known: readonly string[],
): (text: string) => string[] {
  return (text) => {
    const names = text.split(',').map((part) => {
      const name = resolve(part.trim());
      if (name === undefined) throw new RangeError(nearest(kind, part.trim(), known));
      return name;
    });
    return [...new Set(names)];
  };
}

/** Adds a value to those of the same option before it. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];
