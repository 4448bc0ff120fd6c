import type { Scalar } from '@tensorflow/tfjs-core';

type Read<Record extends object> = { readonly [Key in keyof Record]: number };

/** Reads named scalars back as numbers, and disposes of them. */
export async function readScalars<Named extends object>(scalars: Named): Promise<Read<Named>> {
  const entries = Object.entries(scalars) as [string, Scalar][];
  const values = await Promise.all(entries.map(([, scalar]) => scalar.data()));
  for (const [, scalar] of entries) scalar.dispose();
  return Object.fromEntries(entries.map(([name], i) => [name, values[i]?.[0]])) as Read<Named>;
}
