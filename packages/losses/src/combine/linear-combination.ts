import { add, mul, neg, sum, type Tensor, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkWeightName, isArrayName, sharedShapes } from '../arrays/array-names.js';
import { averaged } from '../arrays/averaged.js';
import { mixedProductOf } from '../arrays/mixed-product-of.js';
import { checkFinite } from '../check-inputs.js';
import type { LogitLoss, Metaparameters } from '../types.js';
import { teachersNeeded } from './teachers-needed.js';

/** One loss of a sum, with a coefficient that is affine in the metaparameters. */
export interface LinearTerm {
  readonly loss: LogitLoss<string>;
  coefficient(metaparameters: Metaparameters): number;
  /** ∂coefficient/∂metaparameter for those that it depends on. */
  readonly slopes: Readonly<Record<string, number>>;
}

/**
 * Σ_i c_i(λ) ℓ_i(z, λ), with all derivatives by the product rule. A metaparameter that several terms name is shared.
 * `own` lists the metaparameters of the coefficients, which are numbers; those of the terms follow.
 *
 * @throws RangeError if one of `own` ends in `[]`, or two terms give an array different shapes.
 */
export function linearCombination(
  caller: string,
  name: string,
  own: readonly string[],
  terms: readonly LinearTerm[],
): LogitLoss<string> {
  const metaparameters = [...new Set([...own, ...terms.flatMap(({ loss }) => loss.metaparameters)])];

  const numbers = metaparameters.filter((metaparameter) => !isArrayName(metaparameter));
  for (const metaparameter of own) checkWeightName(caller, metaparameter);

  /** Σ_i slope_ij·itself_i + c_i·by_ij for each of some metaparameters j. */
  function derivatives<T extends Tensor>(
    of: readonly string[],
    values: Metaparameters,
    itself: readonly T[],
    by: readonly Readonly<Record<string, T>>[],
  ): Record<string, T> {
    const derivative = (metaparameter: string): T =>
      linear(
        terms.flatMap(({ coefficient, slopes }, i) => {
          const slope = slopes[metaparameter];
          const inner = by[i]?.[metaparameter];
          return [
            ...(slope === undefined ? [] : [[slope, itself[i]] as [number, T]]),
            ...(inner === undefined ? [] : [[coefficient(values), inner] as [number, T]]),
          ];
        }),
      );
    return Object.fromEntries(of.map((metaparameter) => [metaparameter, derivative(metaparameter)]));
  }

  return {
    name,
    metaparameters,
    ...teachersNeeded(terms.map(({ loss }) => loss)),
    ...sharedShapes(
      caller,
      terms.map(({ loss }) => loss),
    ),
    valueAndGradient: (studentLogits, targets, values) =>
      tidy(() => {
        for (const metaparameter of own) checkFinite(caller, metaparameter, values[metaparameter] as number);
        const parts = terms.map(({ loss }) => loss.valueAndGradient(studentLogits, targets, values));
        const coefficients = terms.map(({ coefficient }) => coefficient(values));
        return {
          value: linear(parts.map(({ value }, i) => [coefficients[i] as number, value])),
          gradient: linear(parts.map(({ gradient }, i) => [coefficients[i] as number, gradient])),
        };
      }),
    metaparameterGradient: (studentLogits, targets, values, exampleWeights) =>
      tidy(() =>
        derivatives<Tensor>(
          metaparameters,
          values,
          terms.map(({ loss }) =>
            exampleWeights
              ? averaged(loss.exampleLosses!(studentLogits, targets, values), exampleWeights)
              : loss.valueAndGradient(studentLogits, targets, values).value,
          ),
          terms.map(({ loss }) => loss.metaparameterGradient(studentLogits, targets, values, exampleWeights)),
        ),
      ),
    mixedDerivatives: (studentLogits, targets, values) =>
      tidy(() =>
        derivatives<Tensor2D>(
          numbers,
          values,
          terms.map(({ loss }) => loss.valueAndGradient(studentLogits, targets, values).gradient),
          terms.map(({ loss }) => loss.mixedDerivatives(studentLogits, targets, values)),
        ),
      ),
    ...(terms.some(({ loss }) => loss.mixedProduct) && {
      mixedProduct: (studentLogits, targets, values, tangent) =>
        tidy(() =>
          derivatives<Tensor>(
            metaparameters,
            values,
            terms.map(({ loss }) =>
              sum(mul(loss.valueAndGradient(studentLogits, targets, values).gradient, tangent)),
            ),
            terms.map(({ loss }) => mixedProductOf(loss, studentLogits, targets, values, tangent)),
          ),
        ),
    }),
    ...(terms.every(({ loss }) => loss.exampleLosses) && {
      exampleLosses: (studentLogits, targets, values) =>
        tidy(() => {
          for (const metaparameter of own)
            checkFinite(caller, metaparameter, values[metaparameter] as number);
          return linear<Tensor1D>(
            terms.map(({ loss, coefficient }) => [
              coefficient(values),
              loss.exampleLosses!(studentLogits, targets, values),
            ]),
          );
        }),
    }),
    ...(terms.every(({ loss }) => loss.hessianProduct) && {
      hessianProduct: (studentLogits, targets, values, tangent) =>
        tidy(() =>
          linear(
            terms.map(({ loss, coefficient }) => [
              coefficient(values),
              loss.hessianProduct?.(studentLogits, targets, values, tangent) as Tensor2D,
            ]),
          ),
        ),
    }),
  };
}

/** Σ c_i x_i, without multiplying by 1 or −1. */
function linear<T extends Tensor>(parts: readonly (readonly [coefficient: number, tensor: T])[]): T {
  return parts
    .map(([coefficient, tensor]) =>
      coefficient === 1 ? tensor : coefficient === -1 ? neg(tensor) : mul<T>(tensor, coefficient),
    )
    .reduce((total, part) => add<T>(total, part));
}
