import type { KernelRow } from '../call/kernel-row.js';
import { axisChecks } from './axes.js';
import { checkSelect, countChecks } from './counts.js';
import { elementwiseChecks } from './elementwise.js';
import { imageChecks } from './images.js';
import { layerChecks } from './layers.js';
import { movingBooleans } from './moving-booleans.js';
import { shapeChecks } from './shapes.js';

/** TensorFlow.js' own kernels on wasm, each behind a check: they read and write whatever their arguments point to. */
export const stockKernels: readonly KernelRow[] = [
  ...elementwiseChecks,
  ...axisChecks,
  ...shapeChecks,
  ...countChecks,
  ...imageChecks,
  ...layerChecks,
  { name: 'Select', wasm: movingBooleans(['t', 'e'], checkSelect) },
];
