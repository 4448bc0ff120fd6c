import { Tensor } from '@tensorflow/tfjs-core';

/** A backward pass that is the last to read a cache. */
interface Reading {
  /** The arrays and objects of the cache: those that a layer makes on the way are not in it. */
  readonly parts: Set<unknown>;
  /** In how many places each tensor still waits to be read. */
  readonly waiting: Map<Tensor, number>;
}

let reading: Reading | undefined;

/** What a forward pass was given or gave away: not its cache's to dispose of. */
const borrowedBy = new WeakMap<object, readonly Tensor[]>();

/** Notes which tensors in a cache belong to others. */
export function borrowed<Cache>(cache: Cache, tensors: readonly Tensor[]): Cache {
  borrowedBy.set(cache as object, tensors);
  return cache;
}

/**
 * Runs a backward pass that is the last to read a cache: `consume` disposes of each tensor after the last layer that reads
 * it. The cache cannot be used again.
 *
 * @param kept what stays besides what `borrowed` notes.
 */
export function consuming<Result>(cache: unknown, kept: readonly Tensor[], pass: () => Result): Result {
  const own: Reading = { parts: new Set(), waiting: new Map() };
  walk(cache, (part) => {
    own.parts.add(part);
    if (part instanceof Tensor) own.waiting.set(part, (own.waiting.get(part) ?? 0) + 1);
  });
  for (const tensor of [...kept, ...(borrowedBy.get(cache as object) ?? [])]) own.waiting.delete(tensor);
  const outer = reading;
  reading = own;
  try {
    return pass();
  } finally {
    reading = outer;
  }
}

/** Tells that layer i has read its cache; does nothing unless the pass is the last one to read it. */
export function consume(caches: readonly unknown[], i: number): void {
  if (!reading?.parts.has(caches)) return;
  const { waiting } = reading;
  walk(caches[i], (part) => {
    const places = part instanceof Tensor && waiting.get(part);
    if (!places) return;
    waiting.set(part, places - 1);
    if (places === 1) part.dispose();
  });
  // What contains this cache does not count it again.
  (caches as unknown[])[i] = undefined;
}

/** Every tensor, array and object in a cache, as often as it is there. */
function walk(cache: unknown, visit: (part: unknown) => void): void {
  if (typeof cache !== 'object' || cache === null) return;
  visit(cache);
  if (cache instanceof Tensor) return;
  for (const part of Object.values(cache)) walk(part, visit);
}
