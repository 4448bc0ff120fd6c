import { isOfFloats } from '../call/is-of-floats.js';
import type { KernelRow } from '../call/kernel-row.js';
import { addInGroups, tooManyTerms } from './add-n.webgpu.js';
import { combineOnCpu } from './combine.cpu.js';
import { combine } from './combine.js';
import { maximum, minimum } from './extremes.js';
import { lookUpBytes } from './look-up-bytes.js';
import { reluGradientOnCpu } from './relu-gradient.cpu.js';
import { reluGradient } from './relu-gradient.js';
import { scale } from './scale.js';

export const elementwiseKernels: readonly KernelRow[] = [
  { name: 'MetadistillCombine', wasm: combine, cpu: combineOnCpu },
  { name: 'MetadistillScale', wasm: scale },
  { name: 'MetadistillReluGrad', wasm: reluGradient, cpu: reluGradientOnCpu },
  { name: 'MetadistillLookUpBytes', wasm: lookUpBytes },
  { name: 'Maximum', wasm: maximum, takes: isOfFloats },
  { name: 'Minimum', wasm: minimum, takes: isOfFloats },
  { name: 'AddN', webgpu: addInGroups, takes: tooManyTerms },
];
