import type { KernelRow } from '../call/kernel-row.js';
import { averagePool3D, averagePoolGradient, averagePoolGradientOfShape } from './average-pool.js';
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
import { maxPoolGradient, maxPoolOfSquares, takesMaxPool, tfjsMaxPoolWithArgmax } from './tfjs-max-pool.js';

export const poolingKernels: readonly KernelRow[] = [
  { name: 'MetadistillMaxPoolWithArgmax', wasm: maxPoolWithArgmax },
  { name: 'MetadistillMaxPoolScatter', wasm: maxPoolScatter },
  { name: 'MetadistillMaxPoolGather', wasm: maxPoolGather },
  { name: 'MetadistillGlobalAveragePool', wasm: globalAveragePool },
  { name: 'MetadistillGlobalAveragePoolGrad', wasm: globalAveragePoolGradient },
  { name: 'MetadistillAveragePoolGrad', wasm: averagePoolGradientOfShape },
  { name: 'MaxPool', wasm: maxPoolOfSquares, cpu: refuseStrayWindows, takes: takesMaxPool },
  { name: 'MaxPoolGrad', wasm: maxPoolGradient },
  { name: 'MaxPoolWithArgmax', wasm: tfjsMaxPoolWithArgmax },
  { name: 'MaxPool3D', wasm: maxPool3D, cpu: maxPool3DOnCpu },
  { name: 'MaxPool3DGrad', wasm: maxPool3DGradient, cpu: maxPool3DGradientOnCpu },
  { name: 'AvgPool', wasm: refuseStrayWindows, cpu: refuseStrayWindows, takes: hasStrayWindows },
  { name: 'AvgPoolGrad', wasm: averagePoolGradient, cpu: averagePoolGradientOnCpu },
  { name: 'AvgPool3D', wasm: averagePool3D, cpu: averagePool3DOnCpu },
  { name: 'AvgPool3DGrad', wasm: averagePoolGradient, cpu: averagePoolGradientOnCpu },
];
