export type { WasmPaths } from './loaders/load-wasm.js';
export { measurePeak, type Peak } from './peak/measure-peak.js';
export { registerCpuKernels, registerWasmKernels } from './register-kernels.js';
export {
  type BackendChoice,
  type BackendName,
  largeStep,
  type SelectBackendOptions,
  selectBackend,
  tinyStep,
} from './select-backend.js';
export type { KernelBuild } from './wasm/instantiate-kernels.js';
export { attachRuntime } from './wasm/wasm-runtime.js';
