import type { Scalar, Tensor, TypedArray } from '@tensorflow/tfjs-core';

type Read<Record extends object> = { readonly [Key in keyof Record]: number };

/** Reads named scalars back as numbers, and disposes of them, even if one cannot be read. */
export async function readScalars<Named extends object>(scalars: Named): Promise<Read<Named>> {
  const entries = Object.entries(scalars) as [string, Scalar][];
  const values = await readAll(entries.map(([, scalar]) => scalar));
  return Object.fromEntries(entries.map(([name], i) => [name, values[i]?.[0]])) as Read<Named>;
}

/** Reads tensors, and disposes of all of them once none is being read any more. */
export async function readAll(tensors: readonly Tensor[]): Promise<TypedArray[]> {
  try {
    const read = await Promise.allSettled(tensors.map((tensor) => tensor.data()));
    return read.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}
