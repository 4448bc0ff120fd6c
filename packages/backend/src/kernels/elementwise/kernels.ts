import { checked } from '../call/checked.js';
import { isOfFloats } from '../call/is-of-floats.js';
import type { KernelRow } from '../call/kernel-row.js';
import { checkPair, checkTerms } from '../stock/elementwise.js';
import { addInGroups, tooManyTerms } from './add-n.webgpu.js';
import { combineOnCpu } from './combine.cpu.js';
import { combine } from './combine.js';
import { maximum, minimum } from './extremes.js';
import { lookUpBytes } from './look-up-bytes.js';
import { reluGradientOnCpu } from './relu-gradient.cpu.js';
import { reluGradient } from './relu-gradient.js';
import { scale } from './scale.js';

/** Ours takes float32; TensorFlow.js' own keeps int32. */
const extremesOf = (name: string, ours: typeof maximum): KernelRow => ({
  name,
  wasm: (call, stock) => {
    if (isOfFloats(call)) return ours(call);
    checkPair(name.toLowerCase(), ['int32'], call);
    return stock(call);
  },
});

export const elementwiseKernels: readonly KernelRow[] = [
  { name: 'MetadistillCombine', wasm: combine, cpu: combineOnCpu },
  { name: 'MetadistillScale', wasm: scale },
  { name: 'MetadistillReluGrad', wasm: reluGradient, cpu: reluGradientOnCpu },
  { name: 'MetadistillLookUpBytes', wasm: lookUpBytes },
  extremesOf('Maximum', maximum),
  extremesOf('Minimum', minimum),
  {
    name: 'AddN',
    wasm: checked(checkTerms),
    webgpu: addInGroups,
    takes: (call, backendName) => backendName === 'wasm' || tooManyTerms(call),
  },
];
