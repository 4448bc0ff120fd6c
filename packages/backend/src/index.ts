export type { WasmPaths } from './loaders/load-wasm.js';
export { type MeasurePeakOptions, measurePeak, type Peak } from './peak/measure-peak.js';
export {
  type BackendChoice,
  type BackendName,
  largeStep,
  type PassedOverBackend,
  type SelectBackendOptions,
  selectBackend,
  tinyStep,
} from './select-backend.js';
export type { KernelBuild } from './wasm/instantiate-kernels.js';
