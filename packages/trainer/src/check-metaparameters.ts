import { checkOptions } from '@metadistill/options';

/**
 * Checks that metaparameters are those of a loss: each is there, and no other.
 *
 * @param caller what errors call them, such as `train: start.metaparameters`.
 * @throws TypeError that names the first that is missing, or one that is unknown and the nearest that is not.
 */
export function checkMetaparameters(caller: string, names: readonly string[], metaparameters: object): void {
  const parts = names.map((name) => [name, name.endsWith('[]') ? 'numbers' : 'number'] as const);
  checkOptions<object>(caller, metaparameters, Object.fromEntries(parts));
}
