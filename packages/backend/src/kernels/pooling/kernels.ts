import { isOfFloats } from '../call/is-of-floats.js';
import type { KernelRow } from '../call/kernel-row.js';
import {
  averagePool,
  averagePoolGradient,
  averagePoolGradientOfShape,
  takesAveragePool,
} from './average-pool.js';
import { globalAveragePool, globalAveragePoolGradient } from './global-average-pool.js';
import { maxPoolGather, maxPoolScatter, maxPoolWithArgmax } from './max-pool.js';
import { maxPool3D, maxPool3DGradient } from './max-pool-3d.js';
import {
  averagePool3DOnCpu,
  averagePoolGradientOnCpu,
  maxPool3DGradientOnCpu,
  maxPool3DOnCpu,
} from './pool-volumes.cpu.js';
import { hasStrayWindows, refuseStrayWindows } from './stray-windows.js';
import { maxPool, maxPoolGradient, tfjsMaxPoolWithArgmax } from './tfjs-max-pool.js';

export const poolingKernels: readonly KernelRow[] = [
  { name: 'MetadistillMaxPoolWithArgmax', wasm: maxPoolWithArgmax },
  { name: 'MetadistillMaxPoolScatter', wasm: maxPoolScatter },
  { name: 'MetadistillMaxPoolGather', wasm: maxPoolGather },
  { name: 'MetadistillGlobalAveragePool', wasm: globalAveragePool },
  { name: 'MetadistillGlobalAveragePoolGrad', wasm: globalAveragePoolGradient },
  { name: 'MetadistillAveragePoolGrad', wasm: averagePoolGradientOfShape },
  {
    name: 'MaxPool',
    wasm: maxPool,
    cpu: refuseStrayWindows,
    takes: (call, backendName) => (backendName === 'wasm' && isOfFloats(call)) || hasStrayWindows(call),
  },
  { name: 'MaxPoolGrad', wasm: maxPoolGradient },
  { name: 'MaxPoolWithArgmax', wasm: tfjsMaxPoolWithArgmax },
  // TensorFlow.js' own on wasm takes whole numbers for floats.
  {
    name: 'MaxPool3D',
    wasm: maxPool3D,
    cpu: maxPool3DOnCpu,
    takes: (call, backendName) => backendName === 'wasm' || isOfFloats(call),
  },
  { name: 'MaxPool3DGrad', wasm: maxPool3DGradient, cpu: maxPool3DGradientOnCpu },
  { name: 'AvgPool', wasm: averagePool, cpu: refuseStrayWindows, takes: takesAveragePool },
  { name: 'AvgPoolGrad', wasm: averagePoolGradient, cpu: averagePoolGradientOnCpu },
  { name: 'AvgPool3D', wasm: averagePool, cpu: averagePool3DOnCpu },
  { name: 'AvgPool3DGrad', wasm: averagePoolGradient, cpu: averagePoolGradientOnCpu },
];
