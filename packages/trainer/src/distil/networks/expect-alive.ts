import type { LayersModel } from '@metadistill/models';

/**
 * Refuses a `tf.LayersModel` that was disposed of.
 *
 * @throws TypeError that names the option.
 */
export function expectAlive(
  option: string,
  { name, trainableWeights, nonTrainableWeights }: LayersModel,
): void {
  // tfjs-layers throws when a weight is read that it has disposed of.
  const isGone = [...trainableWeights, ...nonTrainableWeights].some((weight) => {
    try {
      return weight.read().isDisposed;
    } catch {
      return true;
    }
  });
  if (!isGone) return;
  throw new TypeError(
    `distil: ${option} is the tf.LayersModel ${name}, which was disposed of; expected one that lives. Load or make it again, and ` +
      'dispose of it after the run.',
  );
}
