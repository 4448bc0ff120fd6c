import type { KernelRow } from '../call/kernel-row.js';
import { isEmptyOrWrong, reductionOfNothing } from './of-nothing.js';
import { mean, sum, sumsNeighbours } from './sum.js';

type Kernel = NonNullable<KernelRow['wasm']>;
type Takes = NonNullable<KernelRow['takes']>;

/** A kernel for tensors without values, which refuses what is wrong, and another for the calls that this one takes. */
const besides = (name: string, ofNothing: Kernel, kernel: Kernel, takes: Takes): KernelRow => ({
  name,
  wasm: (call) => (isEmptyOrWrong(call) ? ofNothing(call) : kernel(call)),
  takes: (call, backendName) => isEmptyOrWrong(call) || takes(call, backendName),
});

export const reductionKernels: readonly KernelRow[] = [
  besides('Sum', reductionOfNothing(0), sum, sumsNeighbours),
  besides('Mean', reductionOfNothing(0, 'float32'), mean, sumsNeighbours),
  { name: 'Prod', wasm: reductionOfNothing(1), takes: isEmptyOrWrong },
  { name: 'Max', wasm: reductionOfNothing(Number.NaN), takes: isEmptyOrWrong },
  { name: 'Min', wasm: reductionOfNothing(Number.NaN), takes: isEmptyOrWrong },
  { name: 'Any', wasm: reductionOfNothing(0, 'bool'), takes: isEmptyOrWrong },
  { name: 'All', wasm: reductionOfNothing(1, 'bool'), takes: isEmptyOrWrong },
];
