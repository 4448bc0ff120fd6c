import type { KernelRow } from '../call/kernel-row.js';
import { eitherFormat } from './channels-first/either-format.js';
import { conv2d } from './conv2d.js';
import { conv2dFilterGradient } from './conv2d-filter-gradient.js';
import { isStridedPointwise, pointwiseFilterGradient } from './conv2d-filter-gradient.tensorflow.js';
import { filterGradientOnWebgpu } from './conv2d-filter-gradient.webgpu.js';
import { conv2dInputGradient } from './conv2d-input-gradient.js';
import { isChannelsLast } from './convolution-geometry.js';
import { fusedConv2d } from './fused-conv2d.js';

export const convolutionKernels: readonly KernelRow[] = [
  { name: 'MetadistillConv2DWithBias', wasm: conv2d },
  { name: 'Conv2D', wasm: eitherFormat(conv2d, ['x'], true) },
  { name: 'FusedConv2D', wasm: fusedConv2d },
  {
    name: 'Conv2DBackpropFilter',
    wasm: eitherFormat(conv2dFilterGradient, ['x', 'dy'], false),
    webgpu: filterGradientOnWebgpu,
    tensorflow: pointwiseFilterGradient,
    takes: ({ attrs }, backendName) => {
      if (backendName === 'tensorflow') return isStridedPointwise({ attrs });
      return backendName === 'wasm' || isChannelsLast(attrs);
    },
  },
  { name: 'Conv2DBackpropInput', wasm: eitherFormat(conv2dInputGradient, ['dy'], true) },
];
