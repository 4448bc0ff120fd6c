export type { WasmPaths } from './loaders/load-wasm.js';
export {
  type BackendChoice,
  type BackendName,
  type SelectBackendOptions,
  selectBackend,
  tinyStep,
} from './select-backend.js';
