import { util } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernels/call/checks.js';
import { EngineBrokenError } from './engine-broken-error.js';
import type { WasmBackend } from './wasm-backend.js';

/** Runs a kernel on a call. */
export type RunKernel = <Call, Result>(name: string, kernel: (call: Call) => Result, call: Call) => Result;

/**
 * Makes a runner of the kernels of a wasm backend, stock ones too, that leaves nothing behind of a kernel that throws: the
 * tensors that it made until then are disposed of. Outputs whose sizes are no whole numbers are refused. A trap, in a kernel or between kernels, takes the backend out of use.
 *
 * @returns the runner, which throws EngineBrokenError from the first trap on.
 */
export function guardKernels(backend: WasmBackend): RunKernel {
  // A list that keeps its length, of which the first `count` are made: shortened, it would be allocated anew in each call.
  const made: (object | undefined)[] = [];
  let count = 0;
  let running = 0;
  let refuse: (() => never) | undefined;
  const breakAt = (name: string, trap: Error): never => {
    refuse = () => {
      throw new EngineBrokenError(name, trap);
    };
    takeOutOfUse(backend, refuse);
    return refuse();
  };
  guardTraps(backend, breakAt);
  const { makeOutput, wasm } = backend;
  backend.makeOutput = (shape, dtype, memoryOffset, values) => {
    for (const size of shape) if (!isLength(size)) refuseShape(shape);
    // Allocated here, an output without values skips the way of uploads.
    const isNew = memoryOffset == null && values == null && dtype !== 'string';
    const at = isNew ? wasm._malloc(sizeOf(shape) * util.bytesPerElement(dtype)) : memoryOffset;
    const output = makeOutput.call(backend, shape, dtype, at, values);
    if (running > 0) made[count++] = output.dataId;
    return output;
  };
  const forget = (from: number) => {
    while (count > from) made[--count] = undefined;
  };
  return (name, kernel, call) => {
    if (refuse) refuse();
    const before = count;
    running++;
    try {
      return kernel(call);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) breakAt(name, error);
      for (const dataId of made.slice(before, count)) backend.disposeData(dataId as object, true);
      forget(before);
      throw error;
    } finally {
      running--;
      if (running === 0) forget(0);
    }
  };
}

function refuseShape(shape: readonly number[]): never {
  throw new RangeError(`wasm: an output has the shape [${shape.join(', ')}]; expected whole sizes from 0.`);
}

/**
 * Has what runs between kernels too take the backend out of use if it traps: an earlier kernel damaged the heap. Each has a
 * function of its own: they run in every call, and one for all would cost as much as a small kernel.
 */
function guardTraps(backend: WasmBackend, breakAt: (name: string, trap: Error) => never): void {
  const caught = (name: string, error: unknown): never => {
    if (error instanceof WebAssembly.RuntimeError) breakAt(name, error);
    throw error;
  };
  const { wasm } = backend;
  const { move, readSync, disposeData } = backend;
  const { _malloc, _free } = wasm;
  backend.move = (dataId, values, shape, dtype, refCount) => {
    try {
      move.call(backend, dataId, values, shape, dtype, refCount);
    } catch (error) {
      caught('move', error);
    }
  };
  backend.readSync = (dataId, start, end) => {
    try {
      return readSync.call(backend, dataId, start, end);
    } catch (error) {
      return caught('readSync', error);
    }
  };
  backend.disposeData = (dataId, force) => {
    try {
      return disposeData.call(backend, dataId, force);
    } catch (error) {
      return caught('disposeData', error);
    }
  };
  wasm._malloc = (bytes) => {
    try {
      return _malloc(bytes);
    } catch (error) {
      return caught('_malloc', error);
    }
  };
  wasm._free = (address) => {
    try {
      _free(address);
    } catch (error) {
      caught('_free', error);
    }
  };
}

const isLength = (size: number) => Number.isSafeInteger(size) && size >= 0;

/** Reads and allocations throw; disposing of tensors touches the memory no more, and so neither traps nor hangs. */
function takeOutOfUse(backend: WasmBackend, refuse: () => never): void {
  const nothing = () => {};
  Object.assign(backend, { readSync: refuse });
  Object.assign(backend.wasm, { _malloc: refuse, _free: nothing });
  Object.assign(backend.wasm.tfjs, { registerTensor: refuse, disposeData: nothing, dispose: nothing });
}
