import { cpuHost, wasmHost } from '../call/array-host.js';
import type { KernelRow } from '../call/kernel-row.js';
import { distillationDerivatives } from './distillation-derivatives.js';
import { crossEntropyGradient, distillationGradient } from './softmax-gradients.js';

export const softmaxKernels: readonly KernelRow[] = Object.entries({
  MetadistillCrossEntropyGradient: crossEntropyGradient,
  MetadistillDistillationGradient: distillationGradient,
  MetadistillDistillationDerivatives: distillationDerivatives,
}).map(([name, kernelOn]) => ({ name, wasm: kernelOn(wasmHost), cpu: kernelOn(cpuHost) }));
