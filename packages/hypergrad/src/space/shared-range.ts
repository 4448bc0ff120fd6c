import type { MetaparameterRange } from './metaparameter-space.js';

/**
 * The same range for each of several names: how the entries of a vector of metaparameters are declared.
 *
 *     const loss = groupedTemperature({ scaling: 'none', by: 'label', count: 10 });
 *     metaparameterSpace(sharedRange(loss.metaparameters, { bounds: [0.1, 10], transform: 'log' }));
 */
export const sharedRange = <const Name extends string>(
  names: readonly Name[],
  range: MetaparameterRange,
): Readonly<Record<Name, MetaparameterRange>> =>
  Object.fromEntries(names.map((name) => [name, range])) as Record<Name, MetaparameterRange>;
