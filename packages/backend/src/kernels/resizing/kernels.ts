import { cpuHost, wasmHost } from '../call/array-host.js';
import { checked } from '../call/checked.js';
import { sizeOf } from '../call/checks.js';
import type { KernelRow } from '../call/kernel-row.js';
import { checkCrop, checkResize } from './resize.js';
import {
  fitsImages,
  type ResizeCall,
  resizeBilinearGradient,
  resizeNearestGradient,
} from './resize-gradients.js';

type Takes = (call: ResizeCall, backendName: string) => boolean;

// Those of TensorFlow.js' wasm backend are compiled, and right without half-pixel centres; that of nearest neighbours is
// not if the corners of one pixel are aligned with several. They write beyond dx if dy does not fit, which ours refuses, or dx is empty.
const isUnsafe = (inputs: ResizeCall['inputs']) => !fitsImages(inputs) || sizeOf(inputs.images.shape) === 0;

const takesNearest: Takes = ({ inputs, attrs }, backendName) =>
  backendName === 'cpu' || attrs.alignCorners || Boolean(attrs.halfPixelCenters) || isUnsafe(inputs);
const takesBilinear: Takes = ({ inputs, attrs }, backendName) =>
  backendName === 'cpu' || Boolean(attrs.halfPixelCenters) || isUnsafe(inputs);

export const resizingKernels: readonly KernelRow[] = [
  {
    name: 'ResizeNearestNeighborGrad',
    wasm: resizeNearestGradient(wasmHost),
    cpu: resizeNearestGradient(cpuHost),
    takes: takesNearest,
  },
  {
    name: 'ResizeBilinearGrad',
    wasm: resizeBilinearGradient(wasmHost),
    cpu: resizeBilinearGradient(cpuHost),
    takes: takesBilinear,
  },
  { name: 'ResizeNearestNeighbor', wasm: checked(checkResize('resizeNearestNeighbor')) },
  { name: 'ResizeBilinear', wasm: checked(checkResize('resizeBilinear')) },
  { name: 'CropAndResize', wasm: checked(checkCrop) },
];
