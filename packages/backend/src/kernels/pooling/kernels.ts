import type { KernelRow } from '../call/kernel-row.js';
import { globalAveragePool, globalAveragePoolGradient } from './global-average-pool.js';
import { maxPoolGather, maxPoolScatter, maxPoolWithArgmax } from './max-pool.js';
import { maxPoolGradient, tfjsMaxPoolWithArgmax } from './tfjs-max-pool.js';

export const poolingKernels: readonly KernelRow[] = [
  { name: 'MetadistillMaxPoolWithArgmax', wasm: maxPoolWithArgmax },
  { name: 'MetadistillMaxPoolScatter', wasm: maxPoolScatter },
  { name: 'MetadistillMaxPoolGather', wasm: maxPoolGather },
  { name: 'MetadistillGlobalAveragePool', wasm: globalAveragePool },
  { name: 'MetadistillGlobalAveragePoolGrad', wasm: globalAveragePoolGradient },
  { name: 'MaxPoolGrad', wasm: maxPoolGradient },
  { name: 'MaxPoolWithArgmax', wasm: tfjsMaxPoolWithArgmax },
];
