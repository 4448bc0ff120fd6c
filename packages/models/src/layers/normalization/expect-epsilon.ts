import { describeValue } from '@metadistill/options';

/** ε under the root of a normalisation, checked when a layer is made. */
export function expectEpsilon(name: string, epsilon: number): void {
  if (epsilon >= 0 && Number.isFinite(epsilon)) return;
  throw new RangeError(
    `${name}: epsilon is ${describeValue(epsilon)}; expected a number of at least 0. PyTorch's default is 1e-5, that of Keras 1e-3.`,
  );
}
