const LONGEST = 40;
const MOST = 4;

/**
 * Any value in a few words, for a message: `'3'` and `3` differ, a function goes by its name, an object by its keys, an
 * instance by its class. Never throws.
 */
export function describeValue(value: unknown): string {
  try {
    return Array.isArray(value)
      ? `[${some(value.length, (i) => describeEntry(value[i]))}]`
      : describeEntry(value);
  } catch {
    return 'a value that cannot be read';
  }
}

/** True for `{ ... }`, of another realm too: no array, no instance of a class, nothing inherited. */
export function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.hasOwn(prototype as object, 'isPrototypeOf');
}

function describeEntry(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return nameOf(value) ? `function ${nameOf(value)}` : 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (isPlainObject(value)) {
    const keys = Reflect.ownKeys(value);
    return keys.length === 0 ? '{}' : `{ ${some(keys.length, (i) => String(keys[i]))} }`;
  }
  const name = nameOf(value.constructor ?? {}) ?? 'Object';
  if (name === 'Object') return 'an object with a prototype of its own';
  return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${name}`;
}

const nameOf = ({ name }: { readonly name?: unknown }): string | undefined =>
  typeof name === 'string' && name !== '' ? name : undefined;

const some = (count: number, describe: (i: number) => string): string =>
  [
    ...Array.from({ length: Math.min(count, MOST) }, (_, i) => describe(i)),
    ...(count > MOST ? ['…'] : []),
  ].join(', ');
