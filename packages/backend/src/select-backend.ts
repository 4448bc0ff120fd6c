import { checkOptions, describeValue } from '@metadistill/options';
import type { BackendName } from './backend-name.js';
import { replaceLayers } from './layers/replace-layers.js';
import { loadCpu } from './loaders/load-cpu.js';
import { loadTensorflow } from './loaders/load-tensorflow.js';
import { type LoadWasmOptions, loadWasm } from './loaders/load-wasm.js';
import { isInPage, loadWebgl } from './loaders/load-webgl.js';
import { loadWebgpu } from './loaders/load-webgpu.js';
import type { ChosenKernels, LoadedBackend } from './loaders/loaded-backend.js';
import { replaceOptimizers } from './optimizers/replace-optimizers.js';
import { registerGradients } from './register-gradients.js';

/** A backend that was tried and not taken. */
export interface PassedOverBackend {
  readonly name: BackendName;
  /** Why, such as the message of the error. */
  readonly reason: string;
}

/** Which backend computes, and why that one. */
export interface BackendChoice {
  readonly name: BackendName;
  /** What it computes with, such as `WebAssembly with relaxed-simd training kernels, fast arithmetic, 8 threads`. */
  readonly description: string;
  readonly onGpu: boolean;
  /** Threads that compute, the caller's among them, if the backend is wasm; `reason` says why it is one. */
  readonly threads?: number;
  /** Our kernels, if the backend is wasm: equal ones round equally. */
  readonly kernels?: ChosenKernels;
  /** The backends that were tried first, in that order. */
  readonly passedOver: readonly PassedOverBackend[];
  /** All of it in one line, for a person or a log; its wording may change. */
  readonly reason: string;
}

export interface SelectBackendOptions extends LoadWasmOptions {
  /** `auto` (the default) picks the fastest that loads; a name is tried first. */
  readonly prefer?: 'auto' | BackendName;
  /** Size of one training step, if known: tells `auto` that a problem is too small for anything but `cpu`. */
  readonly floatingPointOperationsPerStep?: number;
  /**
   * A folder whose `node_modules` has some of the optional peers: tfjs-node for `tensorflow`, the packages of `webgpu`.
   * It is searched before the peers. Node only.
   */
  readonly nativeFolder?: string;
}

/**
 * Floating-point operations per step below which `auto` takes `cpu`.
 *
 * A call costs about 1 µs more on wasm than on cpu, and cpu computes some 0.5 GFLOP/s. Steps of logistic regression
 * (6 · batch · features · classes operations) were measured: 720 operations take 25 µs on cpu and 32 on wasm, 12,288
 * take 44 and 37. See docs/performance.md.
 */
export const tinyStep = 5_000;

/**
 * Floating-point operations per step from which `auto` takes native TensorFlow on a CPU, not only on a GPU.
 *
 * An operation costs it 25 µs and more. On two cores the plain step of a student of 0.3·10⁹ operations took three times
 * as long as on wasm, one of 1.1·10⁹ two and a half times; that of a ResNet-18 of 53·10⁹ took a third.
 */
export const largeStep = 5e9;

/** More than that is a mistake. */
const mostThreads = 256;

const order: readonly BackendName[] = ['webgpu', 'tensorflow', 'wasm', 'webgl', 'cpu'];

/** A backend, and those that are tried if it does not load. Only a page has a WebGL, and in its place wasm. */
function candidates(first: BackendName): readonly BackendName[] {
  if (first === 'webgl') return ['webgl', 'wasm', 'cpu'];
  return order.slice(order.indexOf(first)).filter((name) => name !== 'webgl' || isInPage());
}

/**
 * Loads the fastest TensorFlow.js backend there is, makes it the current one and says why.
 *
 * `auto` takes `cpu` for tiny problems, else native TensorFlow if it has a GPU or the steps are known to be large,
 * else `wasm`, else in a page `webgl`, else `cpu`; WebGPU only on request. A backend that does not load is passed over: its error becomes a
 * reason in the choice and is not thrown. If that is the one in `prefer`, or wasm with a
 * `kernelBuild`, a warning on the console says so.
 *
 * @example
 * const { name, onGpu } = await selectBackend({ floatingPointOperationsPerStep: 3.6e8 });
 *
 * @throws TypeError for an option that it does not have.
 * @throws RangeError if `prefer`, `kernelBuild` or `arithmetic` is no known name, `threads` no number of threads, or the size
 * negative or not a number.
 * @throws Error if not even `cpu` loads.
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<BackendChoice> {
  check(options);
  const { prefer = 'auto', floatingPointOperationsPerStep: operations } = options;
  const isTiny = prefer === 'auto' && operations !== undefined && operations < tinyStep;
  const first = isTiny ? 'cpu' : prefer === 'auto' ? 'tensorflow' : prefer;
  const passedOver: PassedOverBackend[] = [];
  const notes = () => passedOver.map(({ name, reason }) => `${name} was passed over: ${reason}`);
  for (const name of candidates(first)) {
    try {
      const { description, onGpu, kernels, threads } = await load(name, options);
      registerGradients();
      replaceLayers();
      replaceOptimizers();
      const gains = name !== 'tensorflow' || onGpu || (operations ?? 0) >= largeStep;
      if (prefer === 'auto' && !gains) {
        passedOver.push({ name, reason: `${description} is faster only for large steps` });
        continue;
      }
      const tiny = isTiny
        ? [`${operations} operations per step are too few to gain from another backend`]
        : [];
      const reason = [`${name} (${description})`, ...tiny, ...notes()].join('; ');
      const asked = prefer !== 'auto' ? prefer : options.kernelBuild && 'wasm';
      if (passedOver.some((each) => each.name === asked)) {
        console.warn(`selectBackend: ${asked} was asked for and does not load. The backend is ${reason}.`);
      }
      return {
        name,
        description,
        onGpu,
        ...(threads !== undefined && { threads }),
        ...(kernels && { kernels }),
        passedOver,
        reason,
      };
    } catch (error) {
      passedOver.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new Error(`selectBackend: no backend loads: ${notes().join('; ')}`);
}

function load(name: BackendName, options: SelectBackendOptions): Promise<LoadedBackend> {
  if (name === 'webgpu') return loadWebgpu(options.nativeFolder);
  if (name === 'tensorflow') return loadTensorflow(options.nativeFolder);
  if (name === 'wasm') return loadWasm(options);
  if (name === 'webgl') return loadWebgl();
  return loadCpu();
}

function check(options: SelectBackendOptions): void {
  checkOptions<SelectBackendOptions>('selectBackend', options, {
    prefer: true,
    floatingPointOperationsPerStep: true,
    wasmPaths: true,
    kernelBuild: true,
    arithmetic: true,
    threads: true,
    nativeFolder: true,
  });
  const {
    prefer = 'auto',
    floatingPointOperationsPerStep: operations,
    kernelBuild = 'simd',
    arithmetic = 'fast',
    threads = 'auto',
  } = options;
  if (prefer !== 'auto' && !(order as readonly string[]).includes(prefer)) {
    throw new RangeError(
      `selectBackend: prefer is '${prefer}'; expected auto, wasm, cpu, tensorflow, webgpu or webgl.`,
    );
  }
  if (kernelBuild !== 'simd' && kernelBuild !== 'relaxed-simd') {
    throw new RangeError(`selectBackend: kernelBuild is '${kernelBuild}'; expected simd or relaxed-simd.`);
  }
  if (arithmetic !== 'fast' && arithmetic !== 'direct') {
    throw new RangeError(`selectBackend: arithmetic is '${arithmetic}'; expected fast or direct.`);
  }
  if (threads !== 'auto' && !(Number.isInteger(threads) && threads >= 1 && threads <= mostThreads)) {
    throw new RangeError(
      `selectBackend: threads is ${describeValue(threads)}; expected auto, or a whole number from 1 to ${mostThreads}.`,
    );
  }
  if (operations !== undefined && !(operations >= 0)) {
    throw new RangeError(
      `selectBackend: floatingPointOperationsPerStep is ${describeValue(operations)}; expected a number >= 0. Leave it out if unknown.`,
    );
  }
}
