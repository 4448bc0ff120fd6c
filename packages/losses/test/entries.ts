import { sizeOf } from '../src/arrays/array-names.js';
import type { LogitLoss, Metaparameters, Shapes } from '../src/types.js';

/** One number of the metaparameters: `temperature`, or `trust[][3]` of an array. */
export interface Entry<Name extends string> {
  readonly label: string;
  readonly value: number;
  /** The metaparameters with this number moved by so much. */
  movedBy(shift: number): Metaparameters<Name>;
}

/** Every number of the metaparameters of a loss, in their order. */
export const entriesOf = <Name extends string>(
  { metaparameters: names }: Pick<LogitLoss<Name>, 'metaparameters'>,
  metaparameters: Metaparameters<Name>,
): readonly Entry<Name>[] =>
  names.flatMap((name): Entry<Name>[] => {
    const value = metaparameters[name] as number | readonly number[];
    if (typeof value === 'number') {
      return [{ label: name, value, movedBy: (shift) => ({ ...metaparameters, [name]: value + shift }) }];
    }
    return value.map((entry, i) => ({
      label: `${name}[${i}]`,
      value: entry,
      movedBy: (shift) => ({ ...metaparameters, [name]: value.with(i, entry + shift) }),
    }));
  });

/** The numbers of the metaparameters by the labels of their entries. */
export const numbersByLabel = <Name extends string>(
  loss: Pick<LogitLoss<Name>, 'metaparameters'>,
  metaparameters: Metaparameters<Name>,
): Record<string, number> =>
  Object.fromEntries(entriesOf(loss, metaparameters).map(({ label, value }) => [label, value]));

/** The labels of what a tensor of a metaparameter's shape holds. */
export const labelsOf = (shapes: Shapes | undefined, name: string): string[] => {
  const shape = (shapes as Readonly<Record<string, readonly number[]>> | undefined)?.[name];
  return shape ? Array.from({ length: sizeOf(shape) }, (_, i) => `${name}[${i}]`) : [name];
};
