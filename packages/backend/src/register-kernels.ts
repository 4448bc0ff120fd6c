import {
  getKernel,
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { BackendName } from './backend-name.js';
import { activationKernels } from './kernels/activation/kernels.js';
import { batchNormKernels } from './kernels/batch-norm/kernels.js';
import type { KernelRow } from './kernels/call/kernel-row.js';
import { convolutionKernels } from './kernels/convolution/kernels.js';
import { convolution3DKernels } from './kernels/convolution-3d/kernels.js';
import { depthwiseKernels } from './kernels/depthwise/kernels.js';
import { dilationKernels } from './kernels/dilation/kernels.js';
import { elementwiseKernels } from './kernels/elementwise/kernels.js';
import { optimizerKernels } from './kernels/optimizers/kernels.js';
import { poolingKernels } from './kernels/pooling/kernels.js';
import { productKernels } from './kernels/products/kernels.js';
import { rearrangingKernels } from './kernels/rearranging/kernels.js';
import { reductionKernels } from './kernels/reductions/kernels.js';
import { resizingKernels } from './kernels/resizing/kernels.js';
import { softmaxKernels } from './kernels/softmax/kernels.js';
import { stockKernels } from './kernels/stock/kernels.js';
import { runtimeOf } from './wasm/wasm-runtime.js';

type KernelFunction = NonNullable<KernelConfig['kernelFunc']>;
type OurKernel = (call: Parameters<KernelFunction>[0], stock?: KernelFunction) => ReturnType<KernelFunction>;

/** Every operation that we have a kernel for. */
export const kernelRows: readonly KernelRow[] = [
  ...activationKernels,
  ...batchNormKernels,
  ...convolutionKernels,
  ...depthwiseKernels,
  ...convolution3DKernels,
  ...dilationKernels,
  ...elementwiseKernels,
  ...optimizerKernels,
  ...poolingKernels,
  ...productKernels,
  ...rearrangingKernels,
  ...reductionKernels,
  ...resizingKernels,
  ...softmaxKernels,
  ...stockKernels,
];

const ours = new WeakSet<KernelFunction>();
const guarded = new WeakSet<KernelFunction>();

/** Whether a kernel of a backend is ours by now. */
export function isOurs(name: string, backendName: BackendName): boolean {
  const registered = getKernel(name, backendName);
  return registered !== undefined && ours.has(registered.kernelFunc);
}

/**
 * Registers our kernels for a backend, and puts them in place of TensorFlow.js' own that are missing, wrong or slow, so
 * that `tf.grads` trains there too. On wasm every kernel that stays is guarded as ours are. Calling it again changes nothing.
 */
export function registerKernels(backendName: BackendName): void {
  for (const row of kernelRows) {
    const kernel = row[backendName];
    if (kernel) register(row, backendName, kernel as OurKernel);
  }
  if (backendName !== 'wasm') return;
  for (const { kernelName } of getKernelsForBackend('wasm')) guard(kernelName);
}

function register({ name, takes }: KernelRow, backendName: string, kernel: OurKernel): void {
  const stock = getKernel(name, backendName);
  if (stock && ours.has(stock.kernelFunc)) return;
  if (stock) unregisterKernel(name, backendName);
  const kernelFunc: KernelFunction = (call) =>
    stock && takes && !takes(call, backendName) ? stock.kernelFunc(call) : kernel(call, stock?.kernelFunc);
  ours.add(kernelFunc);
  // The stock kernel's set-up stays: it may be called for what stays with it.
  registerKernel({ ...stock, kernelName: name, backendName, kernelFunc });
}

/** Has a kernel on wasm run by the guard of its backend. */
function guard(name: string): void {
  const { kernelFunc, ...rest } = getKernel(name, 'wasm')!;
  if (guarded.has(kernelFunc)) return;
  const run: KernelFunction = (call) => runtimeOf(call.backend).run(name, kernelFunc, call);
  guarded.add(run);
  if (ours.has(kernelFunc)) ours.add(run);
  unregisterKernel(name, 'wasm');
  registerKernel({ ...rest, kernelFunc: run });
}
