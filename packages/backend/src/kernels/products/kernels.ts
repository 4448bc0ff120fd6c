import { isOfFloats } from '../call/is-of-floats.js';
import type { KernelRow } from '../call/kernel-row.js';
import { batchMatMul } from './batch-mat-mul.js';
import { dense } from './dense.js';
import { dotOnCpu } from './dot.cpu.js';
import { dot } from './dot.js';
import { einsum } from './einsum.js';
import { fusedMatMul } from './fused-mat-mul.js';
import { matMulOnCpu } from './mat-mul.cpu.js';
import { matMul } from './mat-mul.js';
import { reject } from './reject.js';

export const productKernels: readonly KernelRow[] = [
  { name: 'MetadistillMatMul', wasm: matMul, cpu: matMulOnCpu },
  { name: 'MetadistillDense', wasm: dense },
  { name: 'MetadistillDot', wasm: dot, cpu: dotOnCpu },
  { name: 'MetadistillReject', wasm: reject },
  { name: 'Einsum', wasm: einsum, cpu: einsum, takes: isOfFloats },
  { name: 'BatchMatMul', wasm: batchMatMul },
  { name: '_FusedMatMul', wasm: fusedMatMul },
];
