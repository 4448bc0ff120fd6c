import { disposeWeights } from '@metadistill/models';
import { dispose } from '@tensorflow/tfjs-core';
import type { BilevelProblem, Cost, HypergradientMethod, InnerPoint } from './types.js';

/** A hypergradient as plain numbers. */
export interface Hypergradient<Name extends string> {
  /** dV(w')/dλ by name. */
  readonly gradient: Readonly<Record<Name, number>>;
  /** V(w'). */
  readonly validationLoss: number;
  /** L(w, λ). */
  readonly trainingLoss: number;
  /** ‖∇V(w')‖. */
  readonly validationGradientNorm: number;
  readonly cost: Cost;
}

/**
 * The derivative of the validation loss after one training step by the metaparameters of that step.
 *
 * Borrows all its arguments and changes none: weights, running statistics and optimizer state stay as they are.
 *
 * @returns plain numbers; nothing to dispose of. Not checked for finiteness.
 * @see Gorpinich, Bakhteev, Strijov (2022), section 3.
 */
export async function hypergradient<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  validationBatch: ValidationBatch,
  method: HypergradientMethod,
): Promise<Hypergradient<Name>> {
  const result = method.evaluate(problem, point, trainingBatch, validationBatch);
  disposeWeights(result.next.weights);
  dispose([...result.next.optimizerState]);
  const { gradient, validationLoss, trainingLoss, validationGradientNorm } = result;
  const tensors = [gradient, validationLoss, trainingLoss, validationGradientNorm];
  const [components, ...scalars] = await Promise.all(tensors.map((tensor) => tensor.data()));
  dispose(tensors);
  const [validation, training, norm] = scalars.map((values) => values[0] as number) as [
    number,
    number,
    number,
  ];
  return {
    gradient: byName(problem.metaparameters, Array.from(components as ArrayLike<number>)),
    validationLoss: validation,
    trainingLoss: training,
    validationGradientNorm: norm,
    cost: method.cost(problem.metaparameters.length),
  };
}

/** `[metaparameters]` values as a record. */
export const byName = <Name extends string>(
  names: readonly Name[],
  values: readonly number[],
): Readonly<Record<Name, number>> =>
  Object.fromEntries(names.map((name, j) => [name, values[j]])) as Record<Name, number>;
