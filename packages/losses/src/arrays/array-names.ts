import { describeValue } from '@metadistill/options';
import type { ArrayName, Shapes } from '../types.js';

/** Does the name stand for an array of numbers? Then it ends in `[]`. */
export const isArrayName = <Name extends string>(name: Name): name is ArrayName<Name> => name.endsWith('[]');

/** How many numbers an array of that shape has. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

/**
 * The numbers of an array.
 * @throws RangeError if they are not as many as its shape has, or one is not finite.
 */
export function checkArray(caller: string, name: string, values: unknown, size: number): readonly number[] {
  if (!Array.isArray(values) || values.length !== size) {
    throw new RangeError(
      `${caller}: ${name} is ${Array.isArray(values) ? `an array of ${values.length}` : describeValue(values)}; expected an array of ` +
        `${size} numbers. Give them flat, in row-major order.`,
    );
  }
  for (let i = 0; i < size; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new RangeError(
      `${caller}: ${name}[${i}] is ${describeValue(values[i])}; expected a finite number. Did the step before diverge?`,
    );
  }
  return values;
}

/**
 * The shapes of all arrays of several losses.
 * @throws RangeError if two of them give one name different shapes.
 */
export function sharedShapes(
  caller: string,
  losses: readonly { readonly name: string; readonly shapes?: Shapes }[],
): { readonly shapes?: Shapes } {
  const shapes: Record<string, readonly number[]> = {};
  for (const loss of losses) {
    for (const [name, shape] of Object.entries(loss.shapes ?? {})) {
      const known = shapes[name];
      if (known && known.join() !== shape.join()) {
        throw new RangeError(
          `${caller}: ${name} has shape [${shape}] in ${loss.name}, and [${known}] in another term; expected one shape. ` +
            'Give both terms as many classes or groups.',
        );
      }
      shapes[name] = shape;
    }
  }
  return Object.keys(shapes).length === 0 ? {} : { shapes };
}

/** The name of a weight of a term. @throws RangeError if it ends in `[]`: a weight is one number. */
export function checkWeightName(caller: string, name: string): void {
  if (!isArrayName(name)) return;
  throw new RangeError(
    `${caller}: a weight is named ${name}; expected a name without [], as a weight is one number.`,
  );
}
