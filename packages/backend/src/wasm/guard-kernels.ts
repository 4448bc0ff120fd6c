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
  const made: object[] = [];
  let running = 0;
  let refuse: (() => never) | undefined;
  const breakAt = (name: string, trap: Error): never => {
    refuse = () => {
      throw new EngineBrokenError(name, trap);
    };
    takeOutOfUse(backend, refuse);
    return refuse();
  };
  guardTraps(backend, ['move', 'readSync', 'disposeData'], breakAt);
  guardTraps(backend.wasm, ['_malloc', '_free'], breakAt);
  const { makeOutput } = backend;
  backend.makeOutput = (...given) => {
    const [shape] = given;
    if (!shape.every(isLength)) {
      throw new RangeError(
        `wasm: an output has the shape [${shape.join(', ')}]; expected whole sizes from 0.`,
      );
    }
    const output = makeOutput.apply(backend, given);
    if (running > 0) made.push(output.dataId);
    return output;
  };
  return (name, kernel, call) => {
    refuse?.();
    const before = made.length;
    running++;
    try {
      return kernel(call);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) breakAt(name, error);
      for (const dataId of made.splice(before)) backend.disposeData(dataId, true);
      throw error;
    } finally {
      running--;
      if (running === 0) made.length = 0;
    }
  };
}

/** Has methods, which run between kernels too, take the backend out of use if they trap: an earlier kernel damaged the heap. */
function guardTraps<Owner extends object>(
  owner: Owner,
  names: readonly (keyof Owner & string)[],
  breakAt: (name: string, trap: Error) => never,
): void {
  for (const name of names) {
    const method = owner[name] as (...given: unknown[]) => unknown;
    const guarded = (...given: unknown[]) => {
      try {
        return method.apply(owner, given);
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) breakAt(name, error);
        throw error;
      }
    };
    Object.assign(owner, { [name]: guarded });
  }
}

const isLength = (size: number) => Number.isSafeInteger(size) && size >= 0;

/** Reads and allocations throw; disposing of tensors touches the memory no more, and so neither traps nor hangs. */
function takeOutOfUse(backend: WasmBackend, refuse: () => never): void {
  const nothing = () => {};
  Object.assign(backend, { readSync: refuse });
  Object.assign(backend.wasm, { _malloc: refuse, _free: nothing });
  Object.assign(backend.wasm.tfjs, { registerTensor: refuse, disposeData: nothing, dispose: nothing });
}
