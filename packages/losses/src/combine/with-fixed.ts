import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFinite } from '../check-inputs.js';
import type { LogitLoss, Metaparameters } from '../types.js';

/**
 * A loss with some metaparameters held constant, so that only the others are tuned.
 *
 * `withFixed(convexMix({ scaling: 'none' }), { temperature: 4 })` tunes the distillationFraction alone.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if a value is not finite, TypeError if the loss has no metaparameter of that name.
 */
export function withFixed<Name extends string, Fixed extends Name>(
  loss: LogitLoss<Name>,
  values: Metaparameters<Fixed>,
): LogitLoss<Exclude<Name, Fixed>> {
  type Free = Exclude<Name, Fixed>;
  for (const [name, value] of Object.entries<number>(values)) {
    if (!loss.metaparameters.includes(name as Name)) {
      throw new TypeError(
        `withFixed: ${loss.name} has no metaparameter ${name}; expected one of ${loss.metaparameters.join(', ')}.`,
      );
    }
    checkFinite('withFixed', name, value);
  }
  const metaparameters = loss.metaparameters.filter((name): name is Free => !(name in values));
  const all = (free: Metaparameters<Free>) => ({ ...free, ...values }) as unknown as Metaparameters<Name>;
  /** Keeps the derivatives by the free metaparameters and disposes of the others. */
  const onlyFree = <T extends Tensor>(derivatives: Readonly<Record<Name, T>>): Record<Free, T> => {
    for (const name of Object.keys(values)) derivatives[name as Name].dispose();
    return Object.fromEntries(metaparameters.map((name) => [name, derivatives[name]])) as Record<Free, T>;
  };
  const fixed = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return {
    name: `${loss.name}[${fixed.join(', ')}]`,
    metaparameters,
    ...(loss.needsTeacher && { needsTeacher: true as const }),
    valueAndGradient: (studentLogits, targets, free) =>
      loss.valueAndGradient(studentLogits, targets, all(free)),
    metaparameterGradient: (studentLogits, targets, free) =>
      onlyFree(loss.metaparameterGradient(studentLogits, targets, all(free))),
    mixedDerivatives: (studentLogits, targets, free) =>
      onlyFree(loss.mixedDerivatives(studentLogits, targets, all(free))),
    ...(loss.hessianProduct && {
      hessianProduct: (studentLogits, targets, free, tangent) =>
        loss.hessianProduct?.(studentLogits, targets, all(free), tangent) as Tensor2D,
    }),
  };
}
