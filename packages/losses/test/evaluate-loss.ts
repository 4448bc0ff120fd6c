import { expectOnlyReturned } from '@metadistill/testing';
import { dispose, type Tensor, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { isArrayName } from '../src/arrays/array-names.js';
import type { LogitLoss, Metaparameters, Shapes, Targets } from '../src/types.js';
import { labelsOf } from './entries.js';

export interface Batch {
  readonly student: readonly (readonly number[])[];
  readonly teacher: readonly (readonly number[])[];
  readonly labels: readonly number[];
  /** Of losses that take several teachers. */
  readonly teachers?: readonly (readonly (readonly number[])[])[];
  /** Of losses by group. */
  readonly groups?: readonly number[];
}

/** Everything a loss says about a batch, as plain numbers; matrices row by row. Entries of arrays are by labels: `trust[][3]`. */
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

/** ⟨∂²ℓ/∂z∂λ_j, ż⟩ of a direction in the logits, by the labels of entries. Fails if the loss has none, or the call leaks a tensor. */
export const mixedProductOf = <Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
  direction: readonly (readonly number[])[],
): Record<string, number> =>
  withTensors({ ...batch, direction }, (logits, targets, tangent) =>
    byLabel(
      loss,
      numbersOf(`mixedProduct of ${loss.name}`, () =>
        loss.mixedProduct!(logits, targets, metaparameters, tangent),
      ),
    ),
  );

/** Calls the functions that every loss has. Fails if one leaks a tensor, or an array has another shape than the loss says. */
export const evaluateLoss = <Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Evaluated => {
  const { value, gradient } = valueAndGradientOf(loss, batch, metaparameters);
  const { byMetaparameter, mixed } = withTensors(batch, (logits, targets) => ({
    byMetaparameter: byLabel(
      loss,
      numbersOf(`metaparameterGradient of ${loss.name}`, () =>
        loss.metaparameterGradient(logits, targets, metaparameters),
      ),
    ),
    mixed: numbersOf<string>(`mixedDerivatives of ${loss.name}`, () =>
      loss.mixedDerivatives(logits, targets, metaparameters),
    ),
  }));
  return {
    value,
    gradient,
    byMetaparameter,
    mixed: { ...mixed, ...(loss.shapes && mixedOfArrays(loss, batch, metaparameters)) },
  };
};

/** ∂²ℓ/∂z∂λ_j of all entries of arrays: what `mixedProduct` says along each logit by itself. */
function mixedOfArrays<Name extends string>(
  loss: LogitLoss<Name>,
  batch: Batch,
  metaparameters: Metaparameters<Name>,
): Record<string, number[]> {
  const products = batch.student.flatMap((row, i) =>
    row.map((_, k) => {
      const unit = batch.student.map((each, b) => each.map((__, c) => Number(b === i && c === k)));
      return mixedProductOf(loss, batch, metaparameters, unit);
    }),
  );
  const labels = loss.metaparameters.filter(isArrayName).flatMap((name) => labelsOf(loss.shapes, name));
  return Object.fromEntries(labels.map((label) => [label, products.map((product) => product[label]!)]));
}

/** What a loss gives for each metaparameter, by the labels of entries. */
function byLabel(
  { name, shapes }: { readonly name: string; readonly shapes?: Shapes },
  numbers: Readonly<Record<string, readonly number[]>>,
): Record<string, number> {
  const entries = Object.entries(numbers).flatMap(([metaparameter, values]) => {
    const labels = labelsOf(shapes, metaparameter);
    expect(values.length, `${name}: how many numbers it gives for ${metaparameter}`).toBe(labels.length);
    return labels.map((label, i) => [label, values[i]!] as const);
  });
  return Object.fromEntries(entries);
}

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
  {
    student,
    teacher,
    labels,
    teachers,
    groups,
    direction = student,
  }: Batch & { readonly direction?: Batch['student'] },
  body: (logits: Tensor2D, targets: Targets, tangent: Tensor2D) => Result,
): Result {
  const matrix = (rows: Batch['student']) => tensor2d(rows.map((row) => [...row]));
  const indices = (values: readonly number[]) => tensor1d([...values], 'int32');
  const [logits, teacherLogits, tangent] = [matrix(student), matrix(teacher), matrix(direction)];
  const targets = {
    labels: indices(labels),
    teacherLogits,
    ...(teachers && { teachers: teachers.map(matrix) }),
    ...(groups && { groups: indices(groups) }),
  };
  try {
    return body(logits, targets, tangent);
  } finally {
    const { teachers: several = [], ...rest } = targets;
    dispose([logits, tangent, ...several, ...Object.values(rest)]);
  }
}
