import { add, mul, type Scalar, sub, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { checkFinite } from './check-inputs.js';
import type { LogitLoss, Metaparameters, Targets } from './types.js';

/**
 * (1 − f)·classification + f·distillation of any two losses, f the distillationFraction in [0, 1].
 *
 * Keeps the metaparameters of both; one that both name is shared. f outside [0, 1] is computed as written, since the
 * paper's unclipped predictions need it.
 *
 * ∂/∂f = distillation − classification, for the value and for the gradient by logits alike.
 */
export function convexCombination<A extends string, B extends string>(
  classification: LogitLoss<A>,
  distillation: LogitLoss<B>,
): LogitLoss<'distillationFraction' | A | B> {
  type Name = 'distillationFraction' | A | B;
  type Given = [studentLogits: Tensor2D, targets: Targets, metaparameters: Metaparameters<Name>];
  const own = new Set<string>([...classification.metaparameters, ...distillation.metaparameters]);

  /** The combination's derivatives, given each loss's value or gradient, and each one's own derivatives. */
  function derivatives<T extends Scalar | Tensor2D>(
    [, , metaparameters]: Given,
    ofClassification: { readonly itself: T; readonly by: Readonly<Record<A, T>> },
    ofDistillation: { readonly itself: T; readonly by: Readonly<Record<B, T>> },
  ): Record<Name, T> {
    const fraction = metaparameters.distillationFraction;
    const result: Record<string, T> = {
      distillationFraction: sub<T>(ofDistillation.itself, ofClassification.itself),
    };
    for (const [name, derivative] of Object.entries<T>(ofClassification.by)) {
      result[name] = mul<T>(derivative, 1 - fraction);
    }
    for (const [name, derivative] of Object.entries<T>(ofDistillation.by)) {
      const scaled = mul<T>(derivative, fraction);
      const shared = result[name];
      result[name] = shared === undefined ? scaled : add<T>(shared, scaled);
    }
    return result as Record<Name, T>;
  }

  return {
    name: `convexCombination(${classification.name}, ${distillation.name})`,
    metaparameters: ['distillationFraction', ...own] as Name[],
    valueAndGradient: (...given) =>
      tidy(() => {
        const fraction = given[2].distillationFraction;
        checkFinite('convexCombination', 'distillationFraction', fraction);
        const one = classification.valueAndGradient(...given);
        const other = distillation.valueAndGradient(...given);
        return {
          value: add(mul(one.value, 1 - fraction), mul(other.value, fraction)),
          gradient: add(mul(one.gradient, 1 - fraction), mul(other.gradient, fraction)),
        };
      }),
    metaparameterGradient: (...given) =>
      tidy(() =>
        derivatives<Scalar>(
          given,
          {
            itself: classification.valueAndGradient(...given).value,
            by: classification.metaparameterGradient(...given),
          },
          {
            itself: distillation.valueAndGradient(...given).value,
            by: distillation.metaparameterGradient(...given),
          },
        ),
      ),
    mixedDerivatives: (...given) =>
      tidy(() =>
        derivatives<Tensor2D>(
          given,
          {
            itself: classification.valueAndGradient(...given).gradient,
            by: classification.mixedDerivatives(...given),
          },
          {
            itself: distillation.valueAndGradient(...given).gradient,
            by: distillation.mixedDerivatives(...given),
          },
        ),
      ),
  };
}
