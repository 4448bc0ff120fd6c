import { cpuHost, wasmHost } from '../call/array-host.js';
import type { KernelRow } from '../call/kernel-row.js';
import { type ResizeAttributes, resizeBilinearGradient, resizeNearestGradient } from './resize-gradients.js';

type Takes = (call: { readonly attrs: ResizeAttributes }, backendName: string) => boolean;

// Those of TensorFlow.js' wasm backend are compiled, and right without half-pixel centres; that of nearest neighbours is
// not if the corners of one pixel are aligned with several.
const takesNearest: Takes = ({ attrs }, backendName) =>
  backendName === 'cpu' || attrs.alignCorners || attrs.halfPixelCenters === true;
const takesBilinear: Takes = ({ attrs }, backendName) =>
  backendName === 'cpu' || attrs.halfPixelCenters === true;

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
];
