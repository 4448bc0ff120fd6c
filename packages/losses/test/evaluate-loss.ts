import { expectOnlyReturned } from '@metadistill/testing';
import { dispose, type Tensor, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { LogitLoss, Metaparameters, Targets } from '../src/types.js';

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

/** The value of a loss and its gradient by the logits. Fails if the call leaks a tensor. */
export const valueAndGradientOf = <Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Pick<Evaluated, 'value' | 'gradient'> =>
  withTensors(batch, (logits, targets) => {
    const { value, gradient } = numbersOf(`valueAndGradient of ${loss.name}`, () =>
      loss.valueAndGradient(logits, targets, metaparameters),
    );
    return { value: value[0]!, gradient };
  });

/** (∂²ℓ/∂z²) of a direction in the logits, row by row. Fails if the loss has none, or the call leaks a tensor. */
export const hessianProductOf = <Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
  direction: readonly (readonly number[])[],
): number[] =>
  withTensors({ ...batch, direction }, (logits, targets, tangent) => {
    const product = numbersOf(`hessianProduct of ${loss.name}`, () => ({
      product: loss.hessianProduct!(logits, targets, metaparameters, tangent),
    }));
    return product.product;
  });

/** Calls the three functions that every loss has. Fails if one leaks a tensor. */
export const evaluateLoss = <Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Evaluated => ({
  ...valueAndGradientOf(loss, batch, metaparameters),
  ...withTensors(batch, (logits, targets) => {
    const slopes = numbersOf(`metaparameterGradient of ${loss.name}`, () =>
      loss.metaparameterGradient(logits, targets, metaparameters),
    );
    const mixed = numbersOf(`mixedDerivatives of ${loss.name}`, () =>
      loss.mixedDerivatives(logits, targets, metaparameters),
    );
    const byMetaparameter = Object.fromEntries(
      Object.entries<number[]>(slopes).map(([name, [slope]]) => [name, slope!]),
    );
    return { byMetaparameter, mixed };
  }),
});

/** Reads the tensors that `call` returns and disposes of them, which were its own to give. */
function numbersOf<Name extends string>(
  what: string,
  call: () => Readonly<Record<Name, Tensor>>,
): Record<Name, number[]> {
  const { result, returned, made } = expectOnlyReturned(what, call);
  expect(made.length, `${what}: tensors returned that are its caller's already`).toBe(returned.length);
  const entries = Object.entries<Tensor>(result).map(([name, tensor]) => [name, [...tensor.dataSync()]]);
  dispose([...made]);
  return Object.fromEntries(entries) as Record<Name, number[]>;
}

function withTensors<Result>(
  { student, teacher, labels, direction = student }: Batch & { readonly direction?: Batch['student'] },
  body: (logits: Tensor2D, targets: Targets, tangent: Tensor2D) => Result,
): Result {
  const matrix = (rows: Batch['student']) => tensor2d(rows.map((row) => [...row]));
  const [logits, teacherLogits, tangent] = [matrix(student), matrix(teacher), matrix(direction)];
  const targets = { labels: tensor1d([...labels], 'int32'), teacherLogits };
  try {
    return body(logits, targets, tangent);
  } finally {
    dispose([logits, tangent, targets.labels, teacherLogits]);
  }
}
