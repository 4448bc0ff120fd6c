import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { runtimeOf } from '../../wasm/wasm-runtime.js';
import { sizeOf } from './checks.js';

/** A backend whose tensors are typed arrays in reach of JavaScript: what small kernels are written over. */
export interface ArrayHost {
  /** A new tensor of undefined values. Views that were taken before it may no longer hold. */
  make(shape: readonly number[], dtype: DataType): TensorInfo;
  floats(tensor: TensorInfo): Float32Array;
  integers(tensor: TensorInfo): Int32Array;
}

/** Those of wasm, which also shows the bits of any tensor but one of strings. */
export interface WasmHost extends ArrayHost {
  bits(tensor: TensorInfo): Int32Array | Uint8Array;
}

/** The tensors of the wasm backend, in place. */
export function wasmHost(backend: unknown): WasmHost {
  const runtime = runtimeOf(backend);
  return {
    make: (shape, dtype) => runtime.makeOutput(shape, dtype),
    floats: (tensor) => runtime.floats(runtime.address(tensor), sizeOf(tensor.shape)),
    integers: (tensor) => runtime.integers(runtime.address(tensor), sizeOf(tensor.shape)),
    bits: (tensor) =>
      runtime[tensor.dtype === 'bool' ? 'bytes' : 'integers'](runtime.address(tensor), sizeOf(tensor.shape)),
  };
}

/** What we use of TensorFlow.js' `cpu` backend. */
interface CpuBackend {
  readonly data: { get(dataId: object): { readonly values: Float32Array | Int32Array } };
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array | Int32Array): TensorInfo;
}

/** The tensors of the cpu backend, in place. */
export function cpuHost(backend: unknown): ArrayHost {
  const cpu = backend as CpuBackend;
  const values = (tensor: TensorInfo) => cpu.data.get(tensor.dataId).values;
  return {
    make: (shape, dtype) => {
      const size = sizeOf(shape);
      return cpu.makeTensorInfo(
        [...shape],
        dtype,
        dtype === 'int32' ? new Int32Array(size) : new Float32Array(size),
      );
    },
    floats: (tensor) => values(tensor) as Float32Array,
    integers: (tensor) => values(tensor) as Int32Array,
  };
}
