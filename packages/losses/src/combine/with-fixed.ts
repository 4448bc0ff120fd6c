import { checkPart } from '@metadistill/options';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { checkArray, isArrayName, sizeOf } from '../arrays/array-names.js';
import { checkFinite } from '../check-inputs.js';
import type { LogitLoss, Metaparameters, ScalarName, Shapes } from '../types.js';
import { teachersNeeded } from './teachers-needed.js';

/**
 * A loss with some metaparameters held constant, so that only the others are tuned.
 *
 * `withFixed(convexMix({ scaling: 'none' }), { temperature: 4 })` tunes the distillationFraction alone.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if a value is not finite or an array not of its shape, TypeError if the loss has no metaparameter of
 * that name.
 */
export function withFixed<Name extends string, Fixed extends Name>(
  loss: LogitLoss<Name>,
  values: Metaparameters<Fixed>,
): LogitLoss<Exclude<Name, Fixed>> {
  type Free = Exclude<Name, Fixed>;
  checkPart('withFixed', 'loss', loss, 'loss');
  checkPart('withFixed', 'values', values, 'record');
  const shapes = loss.shapes as Shapes | undefined;
  const entries = Object.entries<unknown>(values);
  for (const [name, value] of entries) {
    if (!loss.metaparameters.includes(name as Name)) {
      throw new TypeError(
        `withFixed: ${loss.name} has no metaparameter ${name}; expected one of ${loss.metaparameters.join(', ')}.`,
      );
    }
    if (isArrayName(name)) checkArray('withFixed', name, value, sizeOf(shapes?.[name] ?? []));
    else checkFinite('withFixed', name, value as number);
  }
  const metaparameters = loss.metaparameters.filter((name): name is Free => !(name in values));
  const all = (free: Metaparameters<Free>) => ({ ...free, ...values }) as unknown as Metaparameters<Name>;
  /** Keeps the derivatives by the free metaparameters and disposes of the others. */
  const onlyFree = <Kept extends string>(derivatives: Readonly<Record<string, Tensor>>) => {
    for (const [name] of entries) derivatives[name]?.dispose();
    const kept = Object.entries(derivatives).filter(([name]) => !(name in values));
    return Object.fromEntries(kept) as Record<Kept, never>;
  };
  const fixed = entries.map(
    ([name, value]) => `${name}=${Array.isArray(value) ? `${value.length} numbers` : value}`,
  );
  const freeShapes = Object.entries(shapes ?? {}).filter(([name]) => !(name in values));
  return {
    name: `${loss.name}[${fixed.join(', ')}]`,
    metaparameters,
    ...teachersNeeded([loss]),
    ...(freeShapes.length > 0 && { shapes: Object.fromEntries(freeShapes) as Shapes<Free> }),
    valueAndGradient: (studentLogits, targets, free) =>
      loss.valueAndGradient(studentLogits, targets, all(free)),
    metaparameterGradient: (studentLogits, targets, free, exampleWeights) =>
      onlyFree<Free>(loss.metaparameterGradient(studentLogits, targets, all(free), exampleWeights)),
    mixedDerivatives: (studentLogits, targets, free) =>
      onlyFree<ScalarName<Free>>(loss.mixedDerivatives(studentLogits, targets, all(free))),
    ...(loss.mixedProduct && {
      mixedProduct: (studentLogits, targets, free, tangent) =>
        onlyFree<Free>(loss.mixedProduct!(studentLogits, targets, all(free), tangent)),
    }),
    ...(loss.exampleLosses && {
      exampleLosses: (studentLogits, targets, free) => loss.exampleLosses!(studentLogits, targets, all(free)),
    }),
    ...(loss.hessianProduct && {
      hessianProduct: (studentLogits, targets, free, tangent) =>
        loss.hessianProduct?.(studentLogits, targets, all(free), tangent) as Tensor2D,
    }),
  };
}
