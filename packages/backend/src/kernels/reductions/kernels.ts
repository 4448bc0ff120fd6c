import type { KernelRow } from '../call/kernel-row.js';
import { mean, sum, sumsNeighbours } from './sum.js';

export const reductionKernels: readonly KernelRow[] = [
  { name: 'Sum', wasm: sum, takes: sumsNeighbours },
  { name: 'Mean', wasm: mean, takes: sumsNeighbours },
];
