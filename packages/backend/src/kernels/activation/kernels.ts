import type { KernelRow } from '../call/kernel-row.js';
import { hasSpreadSlopes, prelu } from './prelu.js';

export const activationKernels: readonly KernelRow[] = [
  { name: 'Prelu', wasm: prelu, takes: hasSpreadSlopes },
];
