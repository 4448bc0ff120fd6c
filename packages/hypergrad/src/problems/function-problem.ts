import type { Metaparameters } from '@metadistill/losses';
import { scoped, type Tensors } from '@metadistill/models';
import { checkOptions } from '@metadistill/options';
import { clone, div, type Scalar, stack, sub, type Tensor1D } from '@tensorflow/tfjs-core';
import { positive } from '../check-number.js';
import { timesCost } from '../cost.js';
import { derivativeAlong } from '../step/difference-along.js';
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
  /** L and ∇_w L, one tensor per parameter, by any means: closed forms, or `variableGrads` of TensorFlow.js. */
  readonly training: ProblemFunction<
    Name,
    TrainingBatch,
    { readonly value: Scalar; readonly gradient: Tensors }
  >;
  /** V and ∇_w V, with ∂V/∂λ `[metaparameters]` if V depends on λ directly. */
  readonly validation: ProblemFunction<Name, ValidationBatch, ValidationResult>;
  /** ∂L/∂λ, `[metaparameters]`: with it a product with ∂²L/∂w∂λ takes two of these, however many λ there are. */
  readonly metaparameterGradient?: ProblemFunction<Name, TrainingBatch, Tensor1D>;
  /** ∂²L/∂w∂λ_j, tensors in the shapes of the parameters for each metaparameter. */
  readonly mixedDerivatives?: ProblemFunction<Name, TrainingBatch, readonly Tensors[]>;
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
  readonly differenceSteps?: Partial<Readonly<Record<Name, number>>>;
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
 * @throws RangeError if there are no metaparameters, one is named twice, or a step or radius is not positive; TypeError if
 *   an option is unknown; on use, RangeError if a gradient does not have the shapes of the parameters.
 */
export function functionProblem<Name extends string, TrainingBatch, ValidationBatch = TrainingBatch>(
  options: FunctionProblemOptions<Name, TrainingBatch, ValidationBatch>,
): BilevelProblem<Name, TrainingBatch, ValidationBatch> {
  checkOptions<typeof options>('functionProblem', options, {
    metaparameters: true,
    training: true,
    validation: true,
    metaparameterGradient: true,
    mixedDerivatives: true,
    hessianVectorProduct: true,
    differenceSteps: true,
    radius: true,
  });
  const { metaparameters: names, metaparameterGradient } = options;
  const radius = positive('functionProblem', 'radius', options.radius ?? 0.01);
  checkNames(names);
  for (const [name, step] of Object.entries(options.differenceSteps ?? {}) as [Name, number][]) {
    if (!names.includes(name)) {
      throw new RangeError(
        `functionProblem: differenceSteps has ${name}; expected some of ${names.join(', ')}. Correct its name.`,
      );
    }
    positive('functionProblem', `differenceSteps.${name}`, step);
  }
  const stepOf = (name: Name, value: number): number =>
    options.differenceSteps?.[name] ?? 0.01 * (Math.abs(value) || 1);

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
        const step = stepOf(name, at[name]);
        const forward = f({ ...at, [name]: at[name] + step });
        const backward = f({ ...at, [name]: at[name] - step });
        return forward.map((value, i) => div(sub(value, backward[i]!), 2 * step));
      });
    const byMetaparameters = (at: Tensors, metaparameters: Metaparameters<Name>): Tensor1D =>
      scoped(() => {
        const given = metaparameterGradient?.(at, metaparameters, batch);
        if (given) return checkMetaparameterGradient('metaparameterGradient', given, names.length);
        const slopes = byEach((moved) => [lossAt(at, moved).value], metaparameters);
        return stack(slopes.map(([slope]) => slope!)) as Tensor1D;
      });
    return {
      statistics: statistics.map((tensor) => clone(tensor)),
      valueAndGradient: (metaparameters) => lossAt(parameters, metaparameters),
      metaparameterGradient: (metaparameters) => byMetaparameters(parameters, metaparameters),
      mixedDerivatives: (metaparameters) =>
        scoped(() => {
          const given = options.mixedDerivatives?.(parameters, metaparameters, batch);
          for (const derivative of given ?? []) {
            checkLikeParameters('mixedDerivatives', derivative, parameters);
          }
          return given ?? byEach((moved) => lossAt(parameters, moved).gradient, metaparameters);
        }),
      ...(metaparameterGradient &&
        !options.mixedDerivatives && {
          mixedProduct: (metaparameters: Metaparameters<Name>, direction: Tensors) =>
            derivativeAlong(
              (at) => [byMetaparameters(at, metaparameters)],
              parameters,
              direction,
              radius,
            )[0] as Tensor1D,
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
    isDifferenced: options.mixedDerivatives === undefined,
    costs: {
      training: timesCost(0, gradientCost),
      valueAndGradient: gradientCost,
      metaparameterGradient: timesCost(metaparameterGradient ? 1 : 2 * names.length, gradientCost),
      mixedDerivatives: timesCost((options.mixedDerivatives ? 1 : 2) * names.length, gradientCost),
      mixedProduct: timesCost(2, gradientCost),
      hessianVectorProduct: timesCost(2, gradientCost),
      validation: gradientCost,
    },
    training: ({ parameters, statistics }, batch) => training(parameters, statistics, batch),
    validation: ({ parameters }, batch, metaparameters) =>
      scoped(() => {
        const result = options.validation(parameters, metaparameters, batch);
        checkLikeParameters('validation', result.gradient, parameters);
        if (result.metaparameterGradient) {
          checkMetaparameterGradient('validation', result.metaparameterGradient, names.length);
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
