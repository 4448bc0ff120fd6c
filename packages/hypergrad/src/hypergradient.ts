import type { Metaparameters } from '@metadistill/losses';
import { disposeWeights } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { dispose, type Tensor, type TypedArray } from '@tensorflow/tfjs-core';
import { readAll } from './read-scalars.js';
import { metaparameterLayout, type NamedMetaparameters } from './space/layout.js';
import { checkPoint } from './step/check-point.js';
import type {
  Cost,
  Diagnostics,
  HypergradientInput,
  HypergradientMethod,
  HypergradientTensors,
} from './types.js';

export interface HypergradientOptions<Name extends string, TrainingBatch, ValidationBatch>
  extends HypergradientInput<Name, TrainingBatch, ValidationBatch> {
  /** How the derivative is made: `mixed()` is the first choice. */
  readonly method: HypergradientMethod;
}

/** A hypergradient as plain numbers. */
export interface Hypergradient<Name extends string> {
  /** dV/dλ by name; of an array flat, as its values are. */
  readonly gradient: Metaparameters<Name>;
  /** V(w'), or V at the last step that the method looks ahead to. */
  readonly validationLoss: number;
  /** L(w, λ). */
  readonly trainingLoss: number;
  readonly diagnostics: Diagnostics;
  /** The passes that it took. */
  readonly cost: Cost;
}

/**
 * The derivative of the validation loss after training by the metaparameters of that training; after one step, unless
 * the method says otherwise.
 *
 * Borrows all that it is given and changes none of it: weights, running statistics and optimizer state stay as they are.
 * The new state of a method that carries one comes from `method.evaluate`.
 *
 * @returns plain numbers; nothing to dispose of. Not checked for finiteness.
 * @throws RangeError if the problem has no metaparameters, the weights no parameters, a metaparameter no finite value, or a
 *   label is no class; TypeError if an option is unknown or not what it has to be.
 * @see Gorpinich, Bakhteev, Strijov (2022), section 3.
 */
export async function hypergradient<Name extends string, TrainingBatch, ValidationBatch>(
  options: HypergradientOptions<Name, TrainingBatch, ValidationBatch>,
): Promise<Hypergradient<Name>> {
  checkOptions<typeof options>('hypergradient', options, {
    problem: 'problem',
    point: 'point',
    trainingBatch: true,
    validationBatch: true,
    method: 'method',
    later: true,
    state: true,
  });
  const { method, ...input } = options;
  checkPoint(input.problem, input.point, 'hypergradient');
  await input.problem.checkBatch?.(input.trainingBatch, 'trainingBatch');
  await input.problem.checkBatch?.(input.validationBatch, 'validationBatch');
  const result = method.evaluate(input);
  disposeWeights(result.next.weights);
  dispose([...result.next.optimizerState, ...result.state]);
  return readHypergradient(options.problem, result);
}

/**
 * What a method returned as plain numbers. Disposes of the tensors that it reads; the step's `next` and the method's
 * `state` stay the caller's, to continue from.
 */
export async function readHypergradient<Name extends string>(
  problem: NamedMetaparameters<Name>,
  { gradient, validationLoss, trainingLoss, diagnostics, cost }: HypergradientTensors,
): Promise<Hypergradient<Name>> {
  // All at once, so that none is left behind if one cannot be read.
  const names = Object.keys(diagnostics) as (keyof typeof diagnostics)[];
  const said = names.map((name) => diagnostics[name] as Tensor);
  const [read, validation, training, ...rest] = await readAll([
    gradient,
    validationLoss,
    trainingLoss,
    ...said,
  ]);
  const components = new Array<number>((read as TypedArray).length);
  // A loop, since Array.from takes forty times as long.
  for (let j = 0; j < components.length; j++) components[j] = (read as TypedArray)[j] as number;
  return {
    gradient: metaparameterLayout(problem).unflatten(components),
    validationLoss: validation?.[0] as number,
    trainingLoss: training?.[0] as number,
    diagnostics: Object.fromEntries(names.map((name, i) => [name, rest[i]?.[0]])) as unknown as Diagnostics,
    cost,
  };
}
