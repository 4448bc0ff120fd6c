import type { KernelRow } from '../call/kernel-row.js';
import { isEmpty, reductionOfNothing } from './of-nothing.js';
import { mean, sum, sumsNeighbours } from './sum.js';

type Kernel = NonNullable<KernelRow['wasm']>;
type Takes = NonNullable<KernelRow['takes']>;

/** A kernel for tensors without values, and another for the calls that this one takes. */
const besides = (name: string, ofNothing: Kernel, kernel: Kernel, takes: Takes): KernelRow => ({
  name,
  wasm: (call) => (isEmpty(call) ? ofNothing(call) : kernel(call)),
  takes: (call, backendName) => isEmpty(call) || takes(call, backendName),
});

export const reductionKernels: readonly KernelRow[] = [
  besides('Sum', reductionOfNothing(0), sum, sumsNeighbours),
  besides('Mean', reductionOfNothing(0, 'float32'), mean, sumsNeighbours),
  { name: 'Prod', wasm: reductionOfNothing(1), takes: isEmpty },
  { name: 'Max', wasm: reductionOfNothing(Number.NaN), takes: isEmpty },
  { name: 'Min', wasm: reductionOfNothing(Number.NaN), takes: isEmpty },
  { name: 'Any', wasm: reductionOfNothing(0, 'bool'), takes: isEmpty },
  { name: 'All', wasm: reductionOfNothing(1, 'bool'), takes: isEmpty },
];
