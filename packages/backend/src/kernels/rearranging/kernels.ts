import { cpuHost, wasmHost } from '../call/array-host.js';
import { checked } from '../call/checked.js';
import { isOfNumbers } from '../call/is-of-numbers.js';
import type { KernelRow } from '../call/kernel-row.js';
import { gather } from './gather.js';
import { oneHot } from './one-hot.js';
import { checkGatherPoints, checkScatterUpdate, checkSparse, scatter } from './scatter.js';
import { share } from './share.js';
import { slice, split, unpack } from './slice.js';
import { stridedSlice } from './strided-slice.js';
import { tile } from './tile.js';
import { isEmptyOrNoOrder, transposeOfNothing } from './transpose-of-nothing.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

export const rearrangingKernels: readonly KernelRow[] = [
  { name: 'Identity', wasm: share, takes: isOfNumbers },
  {
    name: 'Cast',
    wasm: share,
    takes: ({ inputs, attrs }) => inputs.x.dtype === attrs.dtype && attrs.dtype !== 'string',
  },
  { name: 'Tile', wasm: tile, takes: isOfNumbers },
  { name: 'GatherV2', wasm: gather, takes: isOfNumbers },
  { name: 'Slice', wasm: slice, takes: isOfNumbers },
  { name: 'StridedSlice', wasm: stridedSlice, takes: isOfNumbers },
  { name: 'SplitV', wasm: split, takes: isOfNumbers },
  { name: 'Unpack', wasm: unpack, takes: ({ inputs }) => inputs.value.dtype !== 'string' },
  { name: 'Transpose', wasm: transposeOfNothing, takes: isEmptyOrNoOrder },
  { name: 'OneHot', wasm: oneHot, takes: ({ attrs }) => attrs.dtype === 'float32' },
  {
    name: 'UnsortedSegmentSum',
    wasm: unsortedSegmentSum(wasmHost),
    cpu: unsortedSegmentSum(cpuHost),
    takes: ({ inputs: { x } }) => x.dtype === 'float32',
  },
  { name: 'ScatterNd', wasm: scatter },
  { name: 'TensorScatterUpdate', wasm: checked(checkScatterUpdate) },
  { name: 'SparseToDense', wasm: checked(checkSparse) },
  { name: 'GatherNd', wasm: checked(checkGatherPoints) },
];
