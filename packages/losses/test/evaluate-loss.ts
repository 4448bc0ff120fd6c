import { type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { LogitLoss, Metaparameters } from '../src/types.js';

export interface Batch {
  readonly student: readonly (readonly number[])[];
  readonly teacher: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** Everything a loss says about a batch, as plain numbers; matrices row by row. */
export interface Evaluated {
  readonly value: number;
  readonly gradient: number[];
  readonly byMetaparameter: Record<string, number>;
  readonly mixed: Record<string, number[]>;
}

/** (∂²ℓ/∂z²) of a direction in the logits, row by row. */
export function hessianProductOf<Name extends string>(
  loss: LogitLoss<Name>,
  { student, teacher, labels }: Batch,
  metaparameters: Metaparameters<Name>,
  direction: readonly (readonly number[])[],
): number[] {
  let product: number[] = [];
  tidy(() => {
    const [logits, teacherLogits, tangent] = [student, teacher, direction].map((rows) =>
      tensor2d(rows.map((row) => [...row])),
    ) as [Tensor2D, Tensor2D, Tensor2D];
    const targets = { labels: tensor1d([...labels], 'int32'), teacherLogits };
    const made = loss.hessianProduct?.(logits, targets, metaparameters, tangent);
    product = Array.from(made?.dataSync() ?? []);
  });
  return product;
}

/** Runs all three functions of a loss, and disposes of what they return. */
export function evaluateLoss<Name extends string>(
  loss: LogitLoss<Name>,
  { student, teacher, labels }: Batch,
  metaparameters: Metaparameters<Name>,
): Evaluated {
  const byMetaparameter: Record<string, number> = {};
  const mixed: Record<string, number[]> = {};
  let value = Number.NaN;
  let gradient: number[] = [];
  tidy(() => {
    const logits = tensor2d(student.map((row) => [...row]));
    const targets = {
      labels: tensor1d([...labels], 'int32'),
      teacherLogits: tensor2d(teacher.map((row) => [...row])),
    };
    const both = loss.valueAndGradient(logits, targets, metaparameters);
    value = both.value.dataSync()[0] as number;
    gradient = Array.from(both.gradient.dataSync());
    const byEach = loss.metaparameterGradient(logits, targets, metaparameters);
    const mixedByEach = loss.mixedDerivatives(logits, targets, metaparameters);
    for (const name of loss.metaparameters) {
      byMetaparameter[name] = byEach[name].dataSync()[0] as number;
      mixed[name] = Array.from(mixedByEach[name].dataSync());
    }
  });
  return { value, gradient, byMetaparameter, mixed };
}
