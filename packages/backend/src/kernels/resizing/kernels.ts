import { checked } from '../call/checked.js';
import type { KernelRow } from '../call/kernel-row.js';
import { checkCrop, checkResize } from './resize.js';
import { resizeGradient, resizeGradientOnCpu } from './resize-gradients.js';

export const resizingKernels: readonly KernelRow[] = [
  { name: 'ResizeNearestNeighborGrad', wasm: resizeGradient('nearest'), cpu: resizeGradientOnCpu('nearest') },
  { name: 'ResizeBilinearGrad', wasm: resizeGradient('bilinear'), cpu: resizeGradientOnCpu('bilinear') },
  { name: 'ResizeNearestNeighbor', wasm: checked(checkResize('resizeNearestNeighbor')) },
  { name: 'ResizeBilinear', wasm: checked(checkResize('resizeBilinear')) },
  { name: 'CropAndResize', wasm: checked(checkCrop) },
];
