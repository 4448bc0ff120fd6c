import { describeValue } from '@metadistill/options';
import {
  backend_util,
  matMul,
  reshape,
  sum,
  type Tensor,
  type Tensor3D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { checkTensor, sizeOf } from '../call/checks.js';

/** A call of `Einsum`, whose inputs have no names. */
export interface EinsumCall {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs: { readonly equation: string };
}

/** A tensor and the letters of its axes, as numbers: those of the result come first. */
interface Labelled {
  readonly values: Tensor;
  readonly labels: readonly number[];
}

/**
 * `Einsum` on wasm, where it is missing, and on cpu, where stock is wrong if a letter that is summed is in one of two operands
 * only: one matrix product, batched over the letters that both operands and the result have. One or two float32
 * operands, as in TensorFlow.js; no letter twice in one operand.
 *
 * @throws TypeError if an operand is not float32.
 * @throws Error of TensorFlow.js if the equation does not fit the operands.
 */
export function einsum({ inputs, attrs: { equation } }: EinsumCall): Tensor {
  const operands = Object.values(inputs);
  if (typeof equation !== 'string') {
    throw new TypeError(
      `einsum: equation is ${describeValue(equation)}; expected a string such as 'ij,jk->ik'.`,
    );
  }
  for (const [i, operand] of operands.entries()) checkTensor('einsum', `operand ${i}`, operand, 'float32');
  const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(equation, operands.length);
  backend_util.checkEinsumDimSizes(allDims.length, idDims, operands);
  const kept = allDims.length - summedDims.length;
  return tidy(() => {
    const labelled = operands.map((values, i) => ({ values, labels: idDims[i]! }));
    const [first, second] = labelled.map((operand, i) =>
      sumOwn(operand, labelled[1 - i]?.labels ?? [], kept),
    );
    const result = second === undefined ? first! : multiply(first!, second, kept);
    return arrange(
      result,
      Array.from({ length: kept }, (_, label) => label),
    );
  });
}

/** Sums over the letters that neither the result nor the other operand has. */
function sumOwn({ values, labels }: Labelled, others: readonly number[], kept: number): Labelled {
  const own = labels.filter((label) => label >= kept && !others.includes(label));
  if (own.length === 0) return { values, labels };
  const summed = sum(
    values,
    own.map((label) => labels.indexOf(label)),
  );
  return { values: summed, labels: labels.filter((label) => !own.includes(label)) };
}

function multiply(a: Labelled, b: Labelled, kept: number): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const [batch, summed] = [shared.filter((label) => label < kept), shared.filter((label) => label >= kept)];
  const [rows, columns] = [a, b].map(({ labels }) => labels.filter((label) => !shared.includes(label))) as [
    number[],
    number[],
  ];
  const sizes = ({ values, labels }: Labelled, of: readonly number[]) =>
    of.map((label) => values.shape[labels.indexOf(label)]!);
  const matrices = (operand: Labelled, left: readonly number[], right: readonly number[]): Tensor3D =>
    reshape(
      arrange(operand, [...batch, ...left, ...right]),
      [batch, left, right].map((of) => sizeOf(sizes(operand, of))) as [number, number, number],
    );
  const product = matMul(matrices(a, rows, summed), matrices(b, summed, columns));
  return {
    values: reshape(product, [...sizes(a, batch), ...sizes(a, rows), ...sizes(b, columns)]),
    labels: [...batch, ...rows, ...columns],
  };
}

/** The axes of a tensor in the order of these letters. */
const arrange = ({ values, labels }: Labelled, order: readonly number[]): Tensor =>
  transpose(
    values,
    order.map((label) => labels.indexOf(label)),
  );
