import { add, mul, neg, type Scalar, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkFinite } from '../check-inputs.js';
import type { LogitLoss, Metaparameters } from '../types.js';

/** One loss of a sum, with a coefficient that is affine in the metaparameters. */
export interface LinearTerm {
  readonly loss: LogitLoss<string>;
  coefficient(metaparameters: Metaparameters): number;
  /** ∂coefficient/∂metaparameter for those that it depends on. */
  readonly slopes: Readonly<Record<string, number>>;
}

/**
 * Σ_i c_i(λ) ℓ_i(z, λ), with all derivatives by the product rule. A metaparameter that several terms name is shared.
 * `own` lists the metaparameters of the coefficients; those of the terms follow.
 */
export function linearCombination(
  caller: string,
  name: string,
  own: readonly string[],
  terms: readonly LinearTerm[],
): LogitLoss<string> {
  const metaparameters = [...new Set([...own, ...terms.flatMap(({ loss }) => loss.metaparameters)])];

  /** Σ_i slope_ij·itself_i + c_i·by_ij for every metaparameter j. */
  function derivatives<T extends Tensor>(
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
    return Object.fromEntries(
      metaparameters.map((metaparameter) => [metaparameter, derivative(metaparameter)]),
    );
  }

  return {
    name,
    metaparameters,
    ...(terms.some(({ loss }) => loss.needsTeacher) && { needsTeacher: true as const }),
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
    metaparameterGradient: (studentLogits, targets, values) =>
      tidy(() =>
        derivatives<Scalar>(
          values,
          terms.map(({ loss }) => loss.valueAndGradient(studentLogits, targets, values).value),
          terms.map(({ loss }) => loss.metaparameterGradient(studentLogits, targets, values)),
        ),
      ),
    mixedDerivatives: (studentLogits, targets, values) =>
      tidy(() =>
        derivatives<Tensor2D>(
          values,
          terms.map(({ loss }) => loss.valueAndGradient(studentLogits, targets, values).gradient),
          terms.map(({ loss }) => loss.mixedDerivatives(studentLogits, targets, values)),
        ),
      ),
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
