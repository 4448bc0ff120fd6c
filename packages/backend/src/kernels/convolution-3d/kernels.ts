import type { KernelRow } from '../call/kernel-row.js';
import { conv3DFilterGradient, conv3DInputGradient } from './conv3d-gradients.js';

export const convolution3DKernels: readonly KernelRow[] = [
  { name: 'Conv3DBackpropInputV2', wasm: conv3DInputGradient },
  { name: 'Conv3DBackpropFilterV2', wasm: conv3DFilterGradient },
];
