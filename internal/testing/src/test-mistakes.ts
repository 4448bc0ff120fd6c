import { expect, test } from 'vitest';

type AnyFunction = (...given: readonly unknown[]) => unknown;

/** What JavaScript may pass by mistake. */
const mistakes: readonly (readonly unknown[])[] = [
  [],
  [null],
  [5],
  ['name'],
  [Symbol('seed')],
  [() => () => {}],
  [[]],
  [{}],
  [new Map()],
];

/**
 * Tests of every function that a package exports: it refuses an option that it does not have, and answers whatever else it
 * is given in the error form and by its own name, never with an error of the engine.
 *
 * @param exported the package, `import * as exported from '../src/index.js'`.
 * @param ofValues the functions that take tensors, weights or numbers, on which no option can be misspelt.
 */
export function testMistakes(exported: object, ofValues: readonly string[]): void {
  const functions = Object.entries(exported).filter(([, value]) => typeof value === 'function');
  const factories = functions.filter(([name]) => !ofValues.includes(name) && !/^[A-Z]/.test(name));

  test('what is no factory is exported', () => {
    expect(ofValues.filter((name) => !Object.hasOwn(exported, name))).toEqual([]);
  });

  test.each(factories)('%s refuses what it does not know', async (name, factory: AnyFunction) => {
    const message = await refusalOf(factory, [{ nonsense: 1 }]);
    expect(message).toMatch(new RegExp(`^${name}: (unknown option 'nonsense'|.*nonsense.*; expected )`));
  });

  test.each(factories)('%s answers mistakes in the error form', async (name, factory: AnyFunction) => {
    for (const given of mistakes) {
      const message = await refusalOf(factory, given);
      if (message !== undefined) expect(message).toMatch(new RegExp(`^${name}: [\\s\\S]*; expected `));
    }
  });
}

/** The message of the error that a call ends with, be it a promise or a generator; undefined if it ends well. */
async function refusalOf(factory: AnyFunction, given: readonly unknown[]): Promise<string | undefined> {
  try {
    const made = await factory(...given);
    if (typeof made === 'object' && made !== null && Symbol.asyncIterator in made) {
      await (made as AsyncGenerator).next();
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
