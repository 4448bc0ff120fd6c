import type { KernelRow } from '../call/kernel-row.js';
import { dilation2d, dilation2dFilterGradient, dilation2dInputGradient } from './dilation-2d.js';

export const dilationKernels: readonly KernelRow[] = [
  { name: 'Dilation2D', wasm: dilation2d },
  { name: 'Dilation2DBackpropInput', wasm: dilation2dInputGradient },
  { name: 'Dilation2DBackpropFilter', wasm: dilation2dFilterGradient },
];
