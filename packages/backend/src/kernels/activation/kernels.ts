import { isOfNumbers } from '../call/is-of-numbers.js';
import type { KernelRow } from '../call/kernel-row.js';
import { clipByValue, relu6 } from './clamp.js';
import { hasSpreadSlopes, prelu } from './prelu.js';

export const activationKernels: readonly KernelRow[] = [
  { name: 'Prelu', wasm: prelu, takes: hasSpreadSlopes },
  { name: 'ClipByValue', wasm: clipByValue, takes: isOfNumbers },
  { name: 'Relu6', wasm: relu6, takes: isOfNumbers },
];
