import { cpuHost, wasmHost } from '../call/array-host.js';
import { isOfNumbers } from '../call/is-of-numbers.js';
import type { KernelRow } from '../call/kernel-row.js';
import { gather } from './gather.js';
import { oneHot } from './one-hot.js';
import { share } from './share.js';
import { slice, split, unpack } from './slice.js';
import { tile } from './tile.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

export const rearrangingKernels: readonly KernelRow[] = [
  { name: 'Identity', wasm: share, takes: ({ inputs }) => inputs.x.dtype !== 'string' },
  {
    name: 'Cast',
    wasm: share,
    takes: ({ inputs, attrs }) => inputs.x.dtype === attrs.dtype && attrs.dtype !== 'string',
  },
  { name: 'Tile', wasm: tile, takes: ({ inputs }) => inputs.x.dtype !== 'string' },
  { name: 'GatherV2', wasm: gather, takes: ({ inputs }) => isOfNumbers(inputs.x) },
  { name: 'Slice', wasm: slice, takes: ({ inputs }) => inputs.x.dtype !== 'string' },
  { name: 'SplitV', wasm: split, takes: ({ inputs }) => inputs.x.dtype !== 'string' },
  { name: 'Unpack', wasm: unpack, takes: ({ inputs }) => inputs.value.dtype !== 'string' },
  { name: 'OneHot', wasm: oneHot, takes: ({ attrs }) => attrs.dtype === 'float32' },
  {
    name: 'UnsortedSegmentSum',
    wasm: unsortedSegmentSum(wasmHost),
    cpu: unsortedSegmentSum(cpuHost),
    takes: ({ inputs: { x } }) => x.dtype === 'float32',
  },
];
