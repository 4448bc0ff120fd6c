import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../generated/kernel-exports.js';
import { guardHeap } from './guard-heap.js';
import { guardKernels, type RunKernel } from './guard-kernels.js';
import { fastestBuild, instantiateKernels, type KernelBuild } from './instantiate-kernels.js';
import type { WasmBackend } from './wasm-backend.js';

/**
 * How kernels add. `direct`: convolutions are sums of products, and every sum is one chain in an order that stays the same
 * from release to release. `fast`: long sums are split at places that depend on shapes alone, and convolutions may take
 * fewer multiplications than they have products.
 */
export type KernelArithmetic = 'fast' | 'direct';

/** Our kernels in the memory of one wasm backend. */
export interface WasmRuntime {
  readonly build: KernelBuild;
  readonly arithmetic: KernelArithmetic;
  readonly kernels: KernelExports;
  /**
   * Runs one of our kernels once per list of arguments, on whichever thread is free, and returns when all are done. Jobs
   * write to disjoint places, and each has its own scratch.
   */
  forEach<Name extends keyof KernelExports>(
    name: Name,
    jobs: readonly Readonly<Parameters<KernelExports[Name]>>[],
  ): void;
  /**
   * The same for a kernel whose last argument is scratch: a job gets that many bytes of the thread that runs it, which
   * are still in its cache from the job before.
   */
  forEachWithScratch<Name extends keyof KernelExports>(
    name: Name,
    bytes: number,
    jobs: readonly Readonly<AllButLast<Parameters<KernelExports[Name]>>>[],
  ): void;
  /** The address of a tensor's first value. */
  address(tensor: TensorInfo): number;
  /** A new tensor of undefined values. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** Views that hold until the next allocation. */
  floats(address: number, length: number): Float32Array;
  integers(address: number, length: number): Int32Array;
  bytes(address: number, length: number): Uint8Array;
  /** Runs any kernel of the backend, as `guardKernels` says. */
  readonly run: RunKernel;
  /** Runs `body` with that many bytes of scratch memory at a multiple of 64, a line of the cache. */
  withScratch<Result>(bytes: number, body: (address: number) => Result): Result;
}

type AllButLast<List extends readonly unknown[]> = List extends readonly [...infer Rest, unknown]
  ? Rest
  : never;

const runtimes = new WeakMap<KernelBackend, WasmRuntime>();
/** The one that was asked for last: every call asks several times, and a WeakMap takes as long as a small kernel. */
let last: { readonly backend: unknown; readonly runtime: WasmRuntime } | undefined;

export interface AttachRuntimeOptions {
  /** By default the fastest that the engine has. */
  readonly build?: KernelBuild | undefined;
  /** By default `fast`. */
  readonly arithmetic?: KernelArithmetic | undefined;
}

/**
 * Puts our kernels into the memory of a wasm backend, beside TensorFlow.js' own module, and guards its heap.
 *
 * @throws Error if the backend's memory is not found, or the engine has no SIMD or not the build asked for.
 */
export async function attachRuntime(
  backend: KernelBackend,
  { build: asked, arithmetic = 'fast' }: AttachRuntimeOptions = {},
): Promise<WasmRuntime> {
  const build = asked ?? (await fastestBuild());
  const existing = runtimes.get(backend);
  if (existing?.build === build && existing.arithmetic === arithmetic) return existing;
  const { wasm } = backend as WasmBackend;
  const memory = Object.values(wasm.asm).find((value) => value instanceof WebAssembly.Memory);
  if (!memory) throw new Error("attachRuntime: the wasm backend's module exports no memory; expected one.");
  const kernels = existing?.build === build ? existing.kernels : await instantiateKernels(memory, build);
  guardHeap(wasm);
  const run = existing?.run ?? guardKernels(backend as WasmBackend);
  const runtime = makeRuntime(backend as WasmBackend, { build, arithmetic, kernels, run });
  runtimes.set(backend, runtime);
  last = undefined;
  return runtime;
}

/**
 * The runtime that `attachRuntime` made for a backend.
 *
 * @throws Error if there is none.
 */
export function runtimeOf(backend: unknown): WasmRuntime {
  if (last && last.backend === backend) return last.runtime;
  const runtime = runtimes.get(backend as KernelBackend);
  if (!runtime) {
    throw new Error('runtimeOf: this wasm backend has none of our kernels. Await selectBackend() first.');
  }
  last = { backend, runtime };
  return runtime;
}

function makeRuntime(
  backend: WasmBackend,
  fixed: Pick<WasmRuntime, 'build' | 'arithmetic' | 'kernels' | 'run'>,
): WasmRuntime {
  const { wasm } = backend;
  const kernelOf = (name: keyof KernelExports) => fixed.kernels[name] as (...job: readonly unknown[]) => void;
  const withScratch: WasmRuntime['withScratch'] = (bytes, body) => {
    const address = wasm._malloc(bytes + 63) >>> 0;
    try {
      return body(Math.ceil(address / 64) * 64);
    } finally {
      wasm._free(address);
    }
  };
  return {
    ...fixed,
    withScratch,
    forEach: (name, jobs) => {
      const kernel = kernelOf(name);
      for (const job of jobs) kernel(...job);
    },
    forEachWithScratch: (name, bytes, jobs) => {
      const kernel = kernelOf(name);
      withScratch(bytes, (scratch) => {
        for (const job of jobs) kernel(...job, scratch);
      });
    },
    address: (tensor) => backend.dataIdMap.get(tensor.dataId).memoryOffset,
    makeOutput: (shape, dtype) => backend.makeOutput(shape as number[], dtype),
    floats: (address, length) => wasm.HEAPF32.subarray(address >>> 2, (address >>> 2) + length),
    integers: (address, length) => wasm.HEAP32.subarray(address >>> 2, (address >>> 2) + length),
    bytes: (address, length) => wasm.HEAPU8.subarray(address, address + length),
  };
}
