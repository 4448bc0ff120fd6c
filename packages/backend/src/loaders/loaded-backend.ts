import type { KernelBuild } from '../wasm/instantiate-kernels.js';
import type { KernelArithmetic } from '../wasm/wasm-runtime.js';

/** What rounds: our wasm kernels give equal results for equal builds and arithmetics. */
export interface ChosenKernels {
  readonly build: KernelBuild;
  readonly arithmetic: KernelArithmetic;
}

/** What a loader made TensorFlow.js compute with. */
export interface LoadedBackend {
  /** In words, such as `plain JavaScript`. */
  readonly description: string;
  readonly onGpu: boolean;
  /** On wasm, the caller's among them. */
  readonly threads?: number;
  /** On wasm. */
  readonly kernels?: ChosenKernels;
}
