import { checkNumber, checkOptions, checkPart } from '@metadistill/options';
import {
  add,
  cast,
  div,
  fill,
  lessEqual,
  maximum,
  mean,
  mul,
  neg,
  sqrt,
  square,
  sub,
  sum,
  type Tensor2D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkLogitsAndLabels, checkTeacherLogits } from '../check-inputs.js';
import { MASKED } from '../softmax/masked.js';
import type { LogitLoss, ScalarName, Targets } from '../types.js';

export interface StandardizeLogitsOptions {
  /** Divide the squares by K − 1 (true, as PyTorch's `std` and so the authors' code) or by K (false). */
  readonly unbiased: boolean;
  /** Added to the standard deviation; by default 1e-7, as in the authors' code. */
  readonly epsilon?: number;
}

/**
 * Any loss on standardised logits: each row of student and teacher becomes (x − mean x) / (ε + std x) first.
 *
 * An example's temperature then follows its own spread. Derivatives pass through the transposed Jacobian
 * Jᵀg = (g − mean g)/(ε + σ) − y (g·y)/(n σ), y the standardised row and n = K − 1 or K; metaparameters are the
 * inner loss's. A teacher's masked classes stay masked, and count for neither mean nor std. Wrap the distillation term only: the cross-entropy belongs on raw logits.
 *
 * @returns a loss of logits `[batch, classes]`, whose values and derivatives belong to the caller.
 * @throws RangeError if epsilon is negative.
 * @see Sun, Ren, Li, Wang, Cao (2024), Logit standardization in knowledge distillation, equation 9.
 */
export function standardizeLogits<Name extends string>(
  loss: LogitLoss<Name>,
  options: StandardizeLogitsOptions,
): LogitLoss<Name> {
  checkPart('standardizeLogits', 'loss', loss, 'loss');
  checkOptions('standardizeLogits', options, { unbiased: true, epsilon: true });
  const { unbiased, epsilon = 1e-7 } = options;
  checkNumber('standardizeLogits', 'epsilon', epsilon, { least: 0 });

  const prepare = (studentLogits: Tensor2D, targets: Targets) => {
    checkLogitsAndLabels('standardizeLogits', studentLogits, targets);
    const teacherLogits = checkTeacherLogits('standardizeLogits', studentLogits, targets);
    const { standardized, pullBack, along } = standardize(studentLogits, unbiased, epsilon);
    const teacher = standardizeUnmasked(teacherLogits, unbiased, epsilon);
    return { standardized, pullBack, along, targets: { ...targets, teacherLogits: teacher } };
  };

  return {
    name: `standardizeLogits(${loss.name}, ${unbiased ? 'unbiased' : 'biased'})`,
    metaparameters: loss.metaparameters,
    needsTeacher: true,
    ...(loss.shapes && { shapes: loss.shapes }),
    valueAndGradient: (studentLogits, given, metaparameters) =>
      tidy(() => {
        const { standardized, pullBack, targets } = prepare(studentLogits, given);
        const { value, gradient } = loss.valueAndGradient(standardized, targets, metaparameters);
        return { value, gradient: pullBack(gradient) };
      }),
    metaparameterGradient: (studentLogits, given, metaparameters, exampleWeights) =>
      tidy(() => {
        const { standardized, targets } = prepare(studentLogits, given);
        return loss.metaparameterGradient(standardized, targets, metaparameters, exampleWeights);
      }),
    mixedDerivatives: (studentLogits, given, metaparameters) =>
      tidy(() => {
        const { standardized, pullBack, targets } = prepare(studentLogits, given);
        const inner = loss.mixedDerivatives(standardized, targets, metaparameters);
        const entries = Object.entries<Tensor2D>(inner).map(([name, by]) => [name, pullBack(by)] as const);
        return Object.fromEntries(entries) as Record<ScalarName<Name>, Tensor2D>;
      }),
    ...(loss.mixedProduct && {
      mixedProduct: (studentLogits, given, metaparameters, tangent) =>
        tidy(() => {
          const { standardized, along, targets } = prepare(studentLogits, given);
          return loss.mixedProduct!(standardized, targets, metaparameters, along(tangent).change);
        }),
    }),
    ...(loss.exampleLosses && {
      exampleLosses: (studentLogits, given, metaparameters) =>
        tidy(() => {
          const { standardized, targets } = prepare(studentLogits, given);
          return loss.exampleLosses!(standardized, targets, metaparameters);
        }),
    }),
    ...(loss.hessianProduct && {
      hessianProduct: (studentLogits, given, metaparameters, tangent) =>
        tidy(() => {
          const { standardized, pullBack, along, targets } = prepare(studentLogits, given);
          const { gradient } = loss.valueAndGradient(standardized, targets, metaparameters);
          const { change, pullBackChange } = along(tangent);
          const curved = loss.hessianProduct?.(standardized, targets, metaparameters, change) as Tensor2D;
          return add<Tensor2D>(pullBack(curved), pullBackChange(gradient));
        }),
    }),
  };
}

/** The standardised rows of a teacher: of the classes that it does not mask, which stay masked. */
function standardizeUnmasked(logits: Tensor2D, unbiased: boolean, epsilon: number): Tensor2D {
  const isMasked = lessEqual(logits, MASKED);
  const hidden = fill(logits.shape, MASKED);
  const only = (x: Tensor2D): Tensor2D => where(isMasked, zerosLike(logits), x) as Tensor2D;
  const count = sub(logits.shape[1], sum(cast(isMasked, 'float32'), 1, true));
  const centred = only(sub(logits, div(sum(only(logits), 1, true), count)));
  const divisor = unbiased ? maximum(sub(count, 1), 1) : count;
  const deviation = sqrt(div(sum(square(centred), 1, true), divisor));
  return where(
    isMasked,
    hidden,
    div(centred, maximum(add(deviation, epsilon), SMALLEST_DEVIATION)),
  ) as Tensor2D;
}

/** A row that is constant has no spread to divide by: this much counts as none. */
const SMALLEST_DEVIATION = 1e-18;

function standardize(logits: Tensor2D, unbiased: boolean, epsilon: number) {
  const classes = logits.shape[1];
  const count = unbiased ? classes - 1 : classes;
  const centred = sub<Tensor2D>(logits, mean(logits, 1, true));
  const deviation = sqrt(div(sum(square(centred), 1, true), count));
  const scale = maximum(add(deviation, epsilon), SMALLEST_DEVIATION);
  const standardized = div<Tensor2D>(centred, scale);
  const pullBack = (cotangent: Tensor2D): Tensor2D => {
    const flat = div(sub(cotangent, mean(cotangent, 1, true)), scale);
    const overlap = div(sum(mul(cotangent, standardized), 1, true), count);
    return sub(flat, mul(standardized, div(overlap, maximum(deviation, SMALLEST_DEVIATION))));
  };
  /** How rows and their pull-back move along ẋ: ẏ = (ẋ − mean ẋ − σ̇ y)/(ε + σ), σ̇ = (ε + σ) y·ẋ/(n σ). */
  const along = (tangent: Tensor2D) => {
    const safe = maximum(deviation, SMALLEST_DEVIATION);
    const dot = (a: Tensor2D, b: Tensor2D): Tensor2D => div(sum(mul(a, b), 1, true), count);
    const deviationChange = div<Tensor2D>(mul(scale, dot(standardized, tangent)), safe);
    const flatTangent = sub<Tensor2D>(tangent, mean(tangent, 1, true));
    const change = div<Tensor2D>(sub(flatTangent, mul(deviationChange, standardized)), scale);
    const pullBackChange = (cotangent: Tensor2D): Tensor2D => {
      const flat = div(sub(cotangent, mean(cotangent, 1, true)), scale);
      const overlap = div<Tensor2D>(dot(cotangent, standardized), safe);
      const overlapChange = sub(div(dot(cotangent, change), safe), mul(overlap, div(deviationChange, safe)));
      return neg(
        add(
          mul(flat, div(deviationChange, scale)),
          add(mul(change, overlap), mul(standardized, overlapChange)),
        ),
      );
    };
    return { change, pullBackChange };
  };
  return { standardized, pullBack, along };
}
