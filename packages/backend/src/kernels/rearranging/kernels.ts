import { cpuHost, wasmHost } from '../call/array-host.js';
import type { KernelRow } from '../call/kernel-row.js';
import { tile } from './tile.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

export const rearrangingKernels: readonly KernelRow[] = [
  { name: 'Tile', wasm: tile, takes: ({ inputs }) => inputs.x.dtype !== 'string' },
  { name: 'UnsortedSegmentSum', wasm: unsortedSegmentSum(wasmHost), cpu: unsortedSegmentSum(cpuHost) },
];
