export type { BackendName } from './backend-name.js';
export type { WasmPaths } from './loaders/load-wasm.js';
export type { ChosenKernels } from './loaders/loaded-backend.js';
export { type MeasurePeakOptions, measurePeak, type Peak } from './peak/measure-peak.js';
export {
  type BackendChoice,
  largeStep,
  type PassedOverBackend,
  type SelectBackendOptions,
  selectBackend,
  tinyStep,
} from './select-backend.js';
export { checkTraining, type TrainableLayer, type TrainableModel } from './training/check-training.js';
export { EngineBrokenError } from './wasm/engine-broken-error.js';
export type { KernelBuild } from './wasm/instantiate-kernels.js';
export type { KernelArithmetic } from './wasm/wasm-runtime.js';
