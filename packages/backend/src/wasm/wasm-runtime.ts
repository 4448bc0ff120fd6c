import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelExports } from '../generated/kernel-exports.js';
import { startPool, type ThreadPool } from '../threads/thread-pool.js';
import { guardHeap } from './guard-heap.js';
import { guardKernels, type RunKernel } from './guard-kernels.js';
import {
  type CompiledKernels,
  compileKernels,
  fastestBuild,
  isShared,
  type KernelBuild,
} from './instantiate-kernels.js';
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
  /** That compute in this heap, the caller's among them. */
  readonly threads: number;
  /** Why it is one, if more were asked for. */
  readonly whyOneThread: string | undefined;
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

const attached = new WeakMap<KernelBackend, Promise<Attached>>();
const runtimes = new WeakMap<KernelBackend, WasmRuntime>();
/** The one that was asked for last: every call asks several times, and a WeakMap takes as long as a small kernel. */
let last: { readonly backend: unknown; readonly runtime: WasmRuntime } | undefined;

export interface AttachRuntimeOptions {
  /** By default the fastest that the engine has. */
  readonly build?: KernelBuild | undefined;
  /** By default `fast`. */
  readonly arithmetic?: KernelArithmetic | undefined;
  /** The caller's among them; by default one. */
  readonly threads?: number | undefined;
}

/** What a runtime is made of. */
interface Attached {
  readonly runtime: WasmRuntime;
  readonly compiled: CompiledKernels;
  readonly pool: ThreadPool | undefined;
}

/**
 * Puts our kernels into the memory of a wasm backend, beside TensorFlow.js' own module, and guards its heap.
 *
 * @throws Error if the backend's memory is not found, or the engine has no SIMD or not the build asked for.
 */
export async function attachRuntime(
  backend: KernelBackend,
  options: AttachRuntimeOptions = {},
): Promise<WasmRuntime> {
  // One after the other: each may take over the threads of the one before, or end them.
  const before = attached.get(backend);
  const next = (async () => attach(backend as WasmBackend, await before?.catch(() => undefined), options))();
  attached.set(backend, next);
  const { runtime } = await next;
  runtimes.set(backend, runtime);
  last = undefined;
  return runtime;
}

async function attach(
  backend: WasmBackend,
  existing: Attached | undefined,
  { build: asked, arithmetic = 'fast', threads = 1 }: AttachRuntimeOptions,
): Promise<Attached> {
  const build = asked ?? (await fastestBuild());
  const { wasm } = backend;
  const memory = Object.values(wasm.asm).find((value) => value instanceof WebAssembly.Memory);
  if (!memory) throw new Error("attachRuntime: the wasm backend's module exports no memory; expected one.");
  const isSameBuild = existing?.runtime.build === build;
  const compiled = isSameBuild ? existing.compiled : await compileKernels(memory, build);
  const keeps = isSameBuild && (existing.pool?.threads ?? 1) === threads;
  if (keeps && existing.runtime.arithmetic === arithmetic) return existing;
  guardHeap(wasm);
  const run = existing?.runtime.run ?? guardKernels(backend);
  if (!keeps) await existing?.pool?.stop();
  const { pool, why } = keeps
    ? { pool: existing.pool, why: existing.runtime.whyOneThread }
    : await tryPool(backend, memory, compiled, threads);
  const { kernels } = compiled;
  const runtime = makeRuntime(
    backend,
    { build, arithmetic, kernels, run, threads: pool?.threads ?? 1, whyOneThread: why },
    pool,
  );
  return { runtime, compiled, pool };
}

/** Threads in a heap, or why there are none. They end with the backend. */
async function tryPool(
  backend: WasmBackend,
  memory: WebAssembly.Memory,
  { module, kernels }: CompiledKernels,
  threads: number,
): Promise<{ readonly pool?: ThreadPool; readonly why?: string }> {
  if (threads < 2) return {};
  if (!isShared(memory)) {
    return { why: 'the wasm backend was initialised before selectBackend, with a memory of its own' };
  }
  try {
    const pool = await startPool({ threads, module, memory, kernels });
    const { dispose } = backend;
    backend.dispose = () => {
      void pool.stop();
      dispose.call(backend);
    };
    return { pool };
  } catch (error) {
    return { why: `threads do not start: ${error instanceof Error ? error.message : String(error)}` };
  }
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
  fixed: Pick<WasmRuntime, 'build' | 'arithmetic' | 'kernels' | 'run' | 'threads' | 'whyOneThread'>,
  pool: ThreadPool | undefined,
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
      if (pool && jobs.length > 1) return pool.run({ name, jobs });
      const kernel = kernelOf(name);
      for (const job of jobs) kernel(...job);
    },
    forEachWithScratch: (name, bytes, jobs) => {
      if (pool && jobs.length > 1) {
        // Two threads never write to one line of the cache.
        const step = Math.ceil(bytes / 64) * 64;
        return withScratch(step * pool.threads, (address) =>
          pool.run({ name, jobs, scratch: { address, step } }),
        );
      }
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
