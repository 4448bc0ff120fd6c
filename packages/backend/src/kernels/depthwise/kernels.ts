import type { KernelRow } from '../call/kernel-row.js';
import { depthwiseConv2d } from './depthwise.js';
import { depthwiseFilterGradient } from './depthwise-filter-gradient.js';
import { depthwiseInputGradient } from './depthwise-input-gradient.js';
import { fusedDepthwiseConv2d } from './fused-depthwise.js';

export const depthwiseKernels: readonly KernelRow[] = [
  { name: 'DepthwiseConv2dNative', wasm: depthwiseConv2d },
  { name: 'FusedDepthwiseConv2D', wasm: fusedDepthwiseConv2d },
  { name: 'DepthwiseConv2dNativeBackpropFilter', wasm: depthwiseFilterGradient },
  { name: 'DepthwiseConv2dNativeBackpropInput', wasm: depthwiseInputGradient },
];
