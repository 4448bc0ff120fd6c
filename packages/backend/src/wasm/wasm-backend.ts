import type { BackendValues, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** What we use of TensorFlow.js' own wasm module (an Emscripten module). */
export interface WasmModule {
  readonly asm: Readonly<Record<string, unknown>>;
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** What it knows of tensors. */
  readonly tfjs: object;
}

/** What we use of the backend `wasm` of `@tensorflow/tfjs-backend-wasm`. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: WasmModule;
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number | null, values?: unknown): TensorInfo;
  readSync(dataId: object, start?: number, end?: number): BackendValues;
}
