import type { DataType } from '@tensorflow/tfjs-core';
import { checkDtype } from '../call/checks.js';
import type { KernelRow } from '../call/kernel-row.js';
import { isEmptyOrWrong, reductionOfNothing } from './of-nothing.js';
import { mean, sum, sumsNeighbours } from './sum.js';

type Kernel = NonNullable<KernelRow['wasm']>;

const numbers = ['float32', 'int32'] as const;

/** Ours for tensors without values, and for sums along neighbouring axes; TensorFlow.js' own for other calls of these dtypes. */
const reduction = (
  name: string,
  dtypes: readonly DataType[],
  ofNothing: Kernel,
  ofNeighbours?: Kernel,
): KernelRow => ({
  name,
  wasm: (call, stock) => {
    if (isEmptyOrWrong(call)) return ofNothing(call);
    if (ofNeighbours && sumsNeighbours(call)) return ofNeighbours(call);
    checkDtype(name.toLowerCase(), 'x', call.inputs.x, dtypes);
    return stock(call);
  },
});

export const reductionKernels: readonly KernelRow[] = [
  reduction('Sum', numbers, reductionOfNothing(0), sum),
  reduction('Mean', [...numbers, 'bool'], reductionOfNothing(0, 'float32'), mean),
  reduction('Prod', numbers, reductionOfNothing(1)),
  reduction('Max', [...numbers, 'bool'], reductionOfNothing(Number.NaN)),
  reduction('Min', [...numbers, 'bool'], reductionOfNothing(Number.NaN)),
  reduction('Any', ['bool'], reductionOfNothing(0, 'bool')),
  reduction('All', ['bool'], reductionOfNothing(1, 'bool')),
];
