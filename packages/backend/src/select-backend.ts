import { loadCpu } from './loaders/load-cpu.js';
import { loadTensorflow } from './loaders/load-tensorflow.js';
import { loadWasm, type WasmPaths } from './loaders/load-wasm.js';
import { loadWebgpu } from './loaders/load-webgpu.js';

export type BackendName = 'cpu' | 'wasm' | 'tensorflow' | 'webgpu';

/** What computes, and how it came to that. */
export interface BackendChoice {
  readonly name: BackendName;
  /** One line for the log: what was taken and why each one before it was not. */
  readonly reason: string;
}

export interface SelectBackendOptions {
  /** `auto` (the default) picks the fastest that loads; a name is tried first. */
  readonly prefer?: 'auto' | BackendName;
  /** Size of one training step, if known: lets `auto` see that a problem is too small for anything but `cpu`. */
  readonly floatingPointOperationsPerStep?: number;
  /** Where a browser fetches the binaries of `@tensorflow/tfjs-backend-wasm`. Not needed in Node. */
  readonly wasmPaths?: WasmPaths;
  /**
   * A folder whose `node_modules` has some of the optional peers: tfjs-node for `tensorflow`, the packages of `webgpu`.
   * It is looked into before the peers. Node only.
   */
  readonly nativeFolder?: string;
}

/**
 * Floating-point operations a step below which `auto` takes `cpu`.
 *
 * A call costs about 1 µs more on wasm than on cpu, and cpu computes some 0.5 GFLOP/s. Steps of logistic regression
 * (6 · batch · features · classes operations) were measured: 720 operations take 25 µs on cpu and 32 on wasm, 12,288
 * take 44 and 37. See docs/performance.md.
 */
export const tinyStep = 5_000;

/**
 * Floating-point operations a step from which `auto` takes native TensorFlow on a CPU, not only on a GPU.
 *
 * An operation costs it 25 µs and more. On two cores the plain step of a student of 0.3·10⁹ operations took three times
 * as long as on wasm, one of 1.1·10⁹ two and a half times; that of a ResNet-18 of 53·10⁹ took a third.
 */
export const largeStep = 5e9;

const order: readonly BackendName[] = ['webgpu', 'tensorflow', 'wasm', 'cpu'];

/**
 * Loads the fastest TensorFlow.js backend there is, makes it the current one and says why.
 *
 * `auto` takes `cpu` for tiny problems, else native TensorFlow where it has a GPU or the steps are known to be large,
 * else `wasm`, else `cpu`; WebGPU only on request.
 * A backend that does not load is passed over and its reason is kept, never thrown.
 *
 * @example
 * const { name, reason } = await selectBackend({ floatingPointOperationsPerStep: 3.6e8 });
 *
 * @returns the name of the current backend and a line for the log.
 * @throws RangeError where `prefer` is no known name or the size is negative or not a number.
 * @throws Error where not even `cpu` loads.
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<BackendChoice> {
  const { prefer = 'auto', floatingPointOperationsPerStep: operations } = options;
  checkOptions(prefer, operations);
  const tiny = prefer === 'auto' && operations !== undefined && operations < tinyStep;
  const first = tiny ? 'cpu' : prefer === 'auto' ? 'tensorflow' : prefer;
  const notes = tiny ? [`${operations} operations a step are too few to gain from another backend`] : [];
  for (const name of order.slice(order.indexOf(first))) {
    try {
      const { description, onGpu } = await load(name, options);
      const gains = name !== 'tensorflow' || onGpu || (operations ?? 0) >= largeStep;
      if (prefer === 'auto' && !gains) {
        notes.push(`${name} (${description}) was passed over: on a CPU it gains in large steps alone`);
        continue;
      }
      return { name, reason: [`${name} (${description})`, ...notes].join('; ') };
    } catch (error) {
      notes.push(`${name} was passed over: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`selectBackend: no backend loads: ${notes.join('; ')}`);
}

async function load(
  name: BackendName,
  { wasmPaths, nativeFolder }: SelectBackendOptions,
): Promise<{ readonly description: string; readonly onGpu: boolean }> {
  if (name === 'webgpu') return { description: await loadWebgpu(nativeFolder), onGpu: true };
  if (name === 'tensorflow') return loadTensorflow(nativeFolder);
  if (name === 'wasm') return { description: await loadWasm(wasmPaths), onGpu: false };
  return { description: await loadCpu(), onGpu: false };
}

function checkOptions(prefer: string, operations: number | undefined): void {
  if (prefer !== 'auto' && !(order as readonly string[]).includes(prefer)) {
    throw new RangeError(
      `selectBackend: prefer is '${prefer}'; expected auto, wasm, cpu, tensorflow or webgpu.`,
    );
  }
  if (operations !== undefined && !(operations >= 0)) {
    throw new RangeError(
      `selectBackend: floatingPointOperationsPerStep is ${operations}; expected a number >= 0. Leave it out if unknown.`,
    );
  }
}
