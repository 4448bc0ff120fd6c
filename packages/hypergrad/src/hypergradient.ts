import { disposeWeights } from '@metadistill/models';
import { dispose } from '@tensorflow/tfjs-core';
import { readScalars } from './read-scalars.js';
import type {
  BilevelProblem,
  Cost,
  Diagnostics,
  HypergradientMethod,
  HypergradientTensors,
  InnerPoint,
  MethodContext,
} from './types.js';

/** A hypergradient as plain numbers. */
export interface Hypergradient<Name extends string> {
  /** dV/dλ by name. */
  readonly gradient: Readonly<Record<Name, number>>;
  /** V(w'), or V where the method looks ahead to. */
  readonly validationLoss: number;
  /** L(w, λ). */
  readonly trainingLoss: number;
  readonly diagnostics: Diagnostics;
  /** Passes that it took. */
  readonly cost: Cost;
}

/**
 * The derivative of the validation loss after training by the metaparameters of that training; after one step, unless
 * the method says otherwise.
 *
 * Borrows all its arguments and changes none: weights, running statistics and optimizer state stay as they are.
 *
 * @param context batches of later steps for a method that looks ahead, and the state of one that carries a state; such
 *   a method's new state comes from `method.evaluate`.
 * @returns plain numbers; nothing to dispose of. Not checked for finiteness.
 * @throws RangeError where the problem has no metaparameters, the weights no parameters, or a value is not finite.
 * @see Gorpinich, Bakhteev, Strijov (2022), section 3.
 */
export async function hypergradient<Name extends string, TrainingBatch, ValidationBatch>(
  problem: BilevelProblem<Name, TrainingBatch, ValidationBatch>,
  point: InnerPoint<Name>,
  trainingBatch: TrainingBatch,
  validationBatch: ValidationBatch,
  method: HypergradientMethod,
  context?: MethodContext<TrainingBatch>,
): Promise<Hypergradient<Name>> {
  const result = method.evaluate(problem, point, trainingBatch, validationBatch, context);
  disposeWeights(result.next.weights);
  dispose([...result.next.optimizerState, ...result.state]);
  return readHypergradient(problem, result);
}

/**
 * What a method returned as plain numbers. Disposes of the tensors that it reads; the step's `next` and the method's
 * `state` stay the caller's, to go on from.
 */
export async function readHypergradient<Name extends string>(
  { metaparameters }: { readonly metaparameters: readonly Name[] },
  { gradient, validationLoss, trainingLoss, diagnostics, cost }: HypergradientTensors,
): Promise<Hypergradient<Name>> {
  const components = Array.from(await gradient.data());
  gradient.dispose();
  return {
    gradient: byName(metaparameters, components),
    ...(await readScalars({ validationLoss, trainingLoss })),
    diagnostics: await readScalars(diagnostics),
    cost,
  };
}

/** `[metaparameters]` values as a record. */
export const byName = <Name extends string>(
  names: readonly Name[],
  values: readonly number[],
): Readonly<Record<Name, number>> =>
  Object.fromEntries(names.map((name, j) => [name, values[j]])) as Record<Name, number>;
