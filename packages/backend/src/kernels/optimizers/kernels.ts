import type { KernelRow } from '../call/kernel-row.js';
import { adamStep } from './adam-step.js';
import { momentumStep } from './momentum-step.js';
import { rmspropStep } from './rmsprop-step.js';
import { sgdStep } from './sgd-step.js';

export const optimizerKernels: readonly KernelRow[] = [
  { name: 'MetadistillAdamStep', wasm: adamStep },
  { name: 'MetadistillMomentumStep', wasm: momentumStep },
  { name: 'MetadistillRmspropStep', wasm: rmspropStep },
  { name: 'MetadistillSgdStep', wasm: sgdStep },
];
