import type { Metaparameters, ScalarName, Shapes } from '@metadistill/losses';
import { scoped, type Tensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { clone, div, type Scalar, stack, sub, type Tensor1D } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { timesCost } from '../cost.js';
import { metaparameterLayout } from '../space/layout.js';
import { derivativeAlong } from '../step/difference-along.js';
import { refuseArrays } from '../step/refuse-arrays.js';
import type { BilevelProblem, Cost, TrainingPoint, ValidationResult } from '../types.js';
import { checkLikeParameters, checkMetaparameterGradient } from './check-gradient.js';

/** A function of (w, λ) and a batch, such as a loss with its gradient. Its tensors belong to the caller. */
export type ProblemFunction<Name extends string, Batch, Result> = (
  parameters: Tensors,
  metaparameters: Metaparameters<Name>,
  batch: Batch,
) => Result;

/** The functions that a problem is made of. What you leave out is approximated by differences of what you give. */
export interface FunctionProblemOptions<Name extends string, TrainingBatch, ValidationBatch = TrainingBatch> {
  /** The names of λ. */
  readonly metaparameters: readonly Name[];
  /** The shape of each metaparameter whose name ends in `[]`. */
  readonly shapes?: Shapes<Name>;
  /** L and ∇_w L, one tensor per parameter, by any means: closed forms, or `variableGrads` of TensorFlow.js. */
  readonly training: ProblemFunction<
    Name,
    TrainingBatch,
    { readonly value: Scalar; readonly gradient: Tensors }
  >;
  /** V and ∇_w V, with ∂V/∂λ `[entries]` if V depends on λ directly. */
  readonly validation: ProblemFunction<Name, ValidationBatch, ValidationResult>;
  /**
   * ∂L/∂λ, `[entries]`, arrays flat: with it a product with ∂²L/∂w∂λ takes two of these, however many λ there are. Needed
   * if one of them is an array.
   */
  readonly metaparameterGradient?: ProblemFunction<Name, TrainingBatch, Tensor1D>;
  /** ∂²L/∂w∂λ_j, tensors in the shapes of the parameters for each metaparameter; not if one of them is an array. */
  readonly mixedDerivatives?: ProblemFunction<Name, TrainingBatch, readonly Tensors[]>;
  /** [⟨d, ∂²L/∂w∂λ_j⟩]_j, `[entries]`: exact products for arrays. */
  readonly mixedProduct?: (
    parameters: Tensors,
    metaparameters: Metaparameters<Name>,
    batch: TrainingBatch,
    direction: Tensors,
  ) => Tensor1D;
  /** (∂²L/∂w²) d. */
  readonly hessianVectorProduct?: (
    parameters: Tensors,
    metaparameters: Metaparameters<Name>,
    batch: TrainingBatch,
    direction: Tensors,
  ) => Tensors;
  /**
   * h of central differences by one metaparameter; default 0.01 of its size, or 0.01 at zero. If L is linear in a
   * metaparameter, such as a weight of a term, any h is exact and a large one loses least to rounding.
   */
  readonly differenceSteps?: Partial<Readonly<Record<ScalarName<Name>, number>>>;
  /** r of central differences along a direction in w: the weights move by ±r in Euclidean norm. Default 0.01. */
  readonly radius?: number;
}

const gradientCost: Cost = { forwards: 1, backwards: 1, jvps: 0 };

/**
 * A bilevel problem of plain functions of (parameters, metaparameters, batch): any model, any losses, λ anywhere.
 *
 * A loss and its gradient are enough. What else methods ask for is then a central difference of gradients:
 * ∂²L/∂w∂λ_j over λ_j, the Hessian along a direction in w. Functions have to give the same value for the same arguments:
 * fix the masks of dropout for a batch, and leave running statistics alone.
 *
 * @throws RangeError if there are no metaparameters, one is named twice, an array has no shape, or a step or radius is not
 *   positive; TypeError if an option is unknown, or there is an array and no `metaparameterGradient`; on use, RangeError if a gradient does not have the shapes of the parameters.
 */
export function functionProblem<Name extends string, TrainingBatch, ValidationBatch = TrainingBatch>(
  options: FunctionProblemOptions<Name, TrainingBatch, ValidationBatch>,
): BilevelProblem<Name, TrainingBatch, ValidationBatch> {
  checkOptions<typeof options>('functionProblem', options, {
    metaparameters: 'string[]',
    shapes: true,
    training: 'function',
    validation: 'function',
    metaparameterGradient: 'function?',
    mixedDerivatives: 'function?',
    mixedProduct: 'function?',
    hessianVectorProduct: 'function?',
    differenceSteps: true,
    radius: true,
  });
  const { metaparameters: names, metaparameterGradient } = options;
  const radius = positive('functionProblem', 'radius', options.radius ?? 0.01);
  checkNames(names);
  const { entries } = metaparameterLayout(options);
  checkArrays(options);
  const numbers = names.filter((name) => !name.endsWith('[]'));
  for (const [name, step] of Object.entries(options.differenceSteps ?? {}) as [Name, number][]) {
    if (!names.includes(name) || name.endsWith('[]')) {
      throw new RangeError(
        `functionProblem: differenceSteps has ${name}; expected some of ${numbers.join(', ')}. Correct its name.`,
      );
    }
    positive('functionProblem', `differenceSteps.${name}`, step);
  }
  const stepOf = (name: Name, value: number): number =>
    (options.differenceSteps as Readonly<Record<string, number>> | undefined)?.[name] ??
    0.01 * (Math.abs(value) || 1);

  function training(parameters: Tensors, statistics: Tensors, batch: TrainingBatch): TrainingPoint<Name> {
    const lossAt = (at: Tensors, metaparameters: Metaparameters<Name>) =>
      scoped(() => {
        const loss = options.training(at, metaparameters, batch);
        checkLikeParameters('training', loss.gradient, parameters);
        return loss;
      });
    /** Central differences of tensors by each metaparameter. */
    const byEach = (f: (at: Metaparameters<Name>) => Tensors, at: Metaparameters<Name>): Tensors[] =>
      names.map((name) => {
        const value = at[name] as number;
        const step = stepOf(name, value);
        const forward = f({ ...at, [name]: value + step });
        const backward = f({ ...at, [name]: value - step });
        return forward.map((value, i) => div(sub(value, backward[i]!), 2 * step));
      });
    const byMetaparameters = (at: Tensors, metaparameters: Metaparameters<Name>): Tensor1D =>
      scoped(() => {
        const given = metaparameterGradient?.(at, metaparameters, batch);
        if (given) return checkMetaparameterGradient('metaparameterGradient', given, entries);
        const slopes = byEach((moved) => [lossAt(at, moved).value], metaparameters);
        return stack(slopes.map(([slope]) => slope!)) as Tensor1D;
      });
    return {
      statistics: statistics.map((tensor) => clone(tensor)),
      valueAndGradient: (metaparameters) => lossAt(parameters, metaparameters),
      metaparameterGradient: (metaparameters) => byMetaparameters(parameters, metaparameters),
      mixedDerivatives: (metaparameters) =>
        scoped(() => {
          refuseArrays('functionProblem', names, 'Use mixedProduct in place of mixedDerivatives.');
          const given = options.mixedDerivatives?.(parameters, metaparameters, batch);
          for (const derivative of given ?? []) {
            checkLikeParameters('mixedDerivatives', derivative, parameters);
          }
          return given ?? byEach((moved) => lossAt(parameters, moved).gradient, metaparameters);
        }),
      ...((options.mixedProduct || (metaparameterGradient && !options.mixedDerivatives)) && {
        mixedProduct: (metaparameters: Metaparameters<Name>, direction: Tensors) =>
          scoped(() => {
            const given = options.mixedProduct?.(parameters, metaparameters, batch, direction);
            if (given) return checkMetaparameterGradient('mixedProduct', given, entries);
            return derivativeAlong(
              (at) => [byMetaparameters(at, metaparameters)],
              parameters,
              direction,
              radius,
            )[0] as Tensor1D;
          }),
      }),
      hessianVectorProduct: (metaparameters, direction) =>
        scoped(
          () =>
            options.hessianVectorProduct?.(parameters, metaparameters, batch, direction) ??
            derivativeAlong((at) => lossAt(at, metaparameters).gradient, parameters, direction, radius),
        ),
    };
  }

  return {
    metaparameters: names,
    ...(options.shapes && { shapes: options.shapes }),
    isDifferenced: !options.mixedDerivatives && !options.mixedProduct,
    costs: {
      training: timesCost(0, gradientCost),
      valueAndGradient: gradientCost,
      metaparameterGradient: timesCost(metaparameterGradient ? 1 : 2 * names.length, gradientCost),
      mixedDerivatives: timesCost((options.mixedDerivatives ? 1 : 2) * names.length, gradientCost),
      mixedProduct: timesCost(options.mixedProduct ? 1 : 2, gradientCost),
      hessianVectorProduct: timesCost(2, gradientCost),
      validation: gradientCost,
    },
    training: ({ parameters, statistics }, batch) => training(parameters, statistics, batch),
    validation: ({ parameters }, batch, metaparameters) =>
      scoped(() => {
        const result = options.validation(parameters, metaparameters, batch);
        checkLikeParameters('validation', result.gradient, parameters);
        if (result.metaparameterGradient) {
          checkMetaparameterGradient('validation', result.metaparameterGradient, entries);
        }
        return result;
      }),
  };
}

function checkNames(names: readonly string[]): void {
  if (names.length > 0 && new Set(names).size === names.length) return;
  throw new RangeError(
    `functionProblem: metaparameters is [${names.join(', ')}]; expected at least one name, and each once. ` +
      'Name what the training loss depends on.',
  );
}

function checkArrays(options: {
  readonly metaparameters: readonly string[];
  readonly metaparameterGradient?: unknown;
  readonly mixedDerivatives?: unknown;
}): void {
  const array = options.metaparameters.find((name) => name.endsWith('[]'));
  if (array === undefined) return;
  if (options.mixedDerivatives) {
    refuseArrays('functionProblem', [array], 'Give mixedProduct in place of mixedDerivatives.');
  }
  if (options.metaparameterGradient) return;
  throw new TypeError(
    `functionProblem: metaparameterGradient is undefined; expected a function, as ${array} is an array. ` +
      'Give ∂L/∂λ for all of its numbers at once: differences take two gradients each.',
  );
}
