import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { combineOnCpu, dotOnCpu, matMulOnCpu, reluGradientOnCpu } from './cpu/cpu-kernels.js';
import {
  batchNormEvaluation,
  batchNormTraining,
  batchNormTrainingGradient,
  batchNormTrainingJvp,
} from './kernels/batch-norm/batch-norm.js';
import {
  batchNormReluMaxPool,
  batchNormReluMaxPoolEvaluation,
  batchNormReluMaxPoolGradient,
  batchNormReluMaxPoolJvp,
} from './kernels/batch-norm/batch-norm-relu-pool.js';
import { sumPerChannel } from './kernels/batch-norm/sum-per-channel.js';
import { cpuHost, wasmHost } from './kernels/call/array-host.js';
import { conv2d } from './kernels/convolution/conv2d.js';
import { conv2dFilterGradient } from './kernels/convolution/conv2d-filter-gradient.js';
import { conv2dInputGradient } from './kernels/convolution/conv2d-input-gradient.js';
import { type ConvolutionAttributes, isDilated } from './kernels/convolution/convolution-geometry.js';
import { combine } from './kernels/elementwise/combine.js';
import { dot } from './kernels/elementwise/dot.js';
import { lookUpBytes } from './kernels/elementwise/look-up-bytes.js';
import { reluGradient } from './kernels/elementwise/relu-gradient.js';
import { scale } from './kernels/elementwise/scale.js';
import { globalAveragePool, globalAveragePoolGradient } from './kernels/pooling/global-average-pool.js';
import { maxPoolGather, maxPoolScatter, maxPoolWithArgmax } from './kernels/pooling/max-pool.js';
import { maxPoolGradient, tfjsMaxPoolWithArgmax } from './kernels/pooling/tfjs-max-pool.js';
import { batchMatMul } from './kernels/products/batch-mat-mul.js';
import { dense } from './kernels/products/dense.js';
import { type MatMulAttributes, matMul } from './kernels/products/mat-mul.js';
import { distillationDerivatives } from './kernels/softmax/distillation-derivatives.js';
import { crossEntropyGradient, distillationGradient } from './kernels/softmax/softmax-gradients.js';

type KernelFunction = NonNullable<KernelConfig['kernelFunc']>;

// biome-ignore lint/suspicious/noExplicitAny: TensorFlow.js erases the types of a kernel's inputs and attributes.
const erased = (kernel: (call: any) => unknown): KernelFunction => kernel as KernelFunction;

/** Kernels of ours for the wasm backend, under our names. */
const wasmKernels: Readonly<Record<string, KernelFunction>> = {
  MetadistillBatchNormTraining: erased(batchNormTraining),
  MetadistillBatchNormTrainingGrad: erased(batchNormTrainingGradient),
  MetadistillBatchNormTrainingJvp: erased(batchNormTrainingJvp),
  MetadistillBatchNormEvaluation: erased(batchNormEvaluation),
  MetadistillBatchNormReluMaxPool: erased(batchNormReluMaxPool),
  MetadistillBatchNormReluMaxPoolEvaluation: erased(batchNormReluMaxPoolEvaluation),
  MetadistillBatchNormReluMaxPoolGrad: erased(batchNormReluMaxPoolGradient),
  MetadistillBatchNormReluMaxPoolJvp: erased(batchNormReluMaxPoolJvp),
  MetadistillMaxPoolWithArgmax: erased(maxPoolWithArgmax),
  MetadistillMaxPoolScatter: erased(maxPoolScatter),
  MetadistillMaxPoolGather: erased(maxPoolGather),
  MetadistillGlobalAveragePool: erased(globalAveragePool),
  MetadistillGlobalAveragePoolGrad: erased(globalAveragePoolGradient),
  MetadistillReluGrad: erased(reluGradient),
  MetadistillConv2DWithBias: erased(conv2d),
  MetadistillSumPerChannel: erased(sumPerChannel),
  MetadistillLookUpBytes: erased(lookUpBytes),
  MetadistillMatMul: erased(matMul),
  MetadistillDense: erased(dense),
  MetadistillCombine: erased(combine),
  MetadistillScale: erased(scale),
  MetadistillDot: erased(dot),
  MetadistillDistillationGradient: erased(distillationGradient(wasmHost)),
  MetadistillDistillationDerivatives: erased(distillationDerivatives(wasmHost)),
  MetadistillCrossEntropyGradient: erased(crossEntropyGradient(wasmHost)),
};

/** Those of them that pay on cpu, where a tiny problem is all overhead. */
const cpuKernels: Readonly<Record<string, KernelFunction>> = {
  MetadistillReluGrad: erased(reluGradientOnCpu),
  MetadistillMatMul: erased(matMulOnCpu),
  MetadistillCombine: erased(combineOnCpu),
  MetadistillDot: erased(dotOnCpu),
  MetadistillDistillationGradient: erased(distillationGradient(cpuHost)),
  MetadistillDistillationDerivatives: erased(distillationDerivatives(cpuHost)),
  MetadistillCrossEntropyGradient: erased(crossEntropyGradient(cpuHost)),
};

/** Kernels that TensorFlow.js names and that wasm lacks, or has wrong. */
const missingKernels: Readonly<Record<string, KernelFunction>> = {
  Conv2DBackpropFilter: erased(conv2dFilterGradient),
  Conv2DBackpropInput: erased(conv2dInputGradient),
  MaxPoolGrad: erased(maxPoolGradient),
  MaxPoolWithArgmax: erased(tfjsMaxPoolWithArgmax),
};

/**
 * Registers our kernels for the wasm backend, and puts them in place of TensorFlow.js' own where those are missing,
 * wrong or slow, so that a user's `tf.grads` trains on wasm too. Dilated convolutions and products without a
 * transposed operand stay with TensorFlow.js. Calling it again changes nothing.
 */
export function registerWasmKernels(): void {
  if (getKernel('MetadistillCombine', 'wasm')) return;
  for (const [name, kernel] of Object.entries(wasmKernels)) replaceKernel(name, 'wasm', () => kernel);
  for (const [name, kernel] of Object.entries(missingKernels)) replaceKernel(name, 'wasm', () => kernel);
  replaceKernel('Conv2D', 'wasm', (stock) =>
    orStock(erased(conv2d), stock, ({ attrs }) => !isDilated(attrs as unknown as ConvolutionAttributes)),
  );
  replaceKernel('BatchMatMul', 'wasm', (stock) =>
    orStock(erased(batchMatMul), stock, ({ inputs, attrs }) => {
      const { transposeA, transposeB } = attrs as MatMulAttributes;
      // One row of A costs TensorFlow.js a pass over B of ten times what reading it takes.
      return transposeA === true || transposeB === true || inputs.a?.shape.at(-2) === 1;
    }),
  );
}

/** Registers our kernels for the cpu backend. Calling it again changes nothing. */
export function registerCpuKernels(): void {
  if (getKernel('MetadistillCombine', 'cpu')) return;
  for (const [name, kernel] of Object.entries(cpuKernels)) replaceKernel(name, 'cpu', () => kernel);
}

/** Keeps the set-up of the kernel that is replaced: it may be called for what stays with it. */
function replaceKernel(
  kernelName: string,
  backendName: string,
  make: (stock: KernelFunction | undefined) => KernelFunction,
): void {
  const stock = getKernel(kernelName, backendName) as KernelConfig | undefined;
  if (stock) unregisterKernel(kernelName, backendName);
  registerKernel({ ...stock, kernelName, backendName, kernelFunc: make(stock?.kernelFunc) });
}

function orStock(
  ours: KernelFunction,
  stock: KernelFunction | undefined,
  fits: (call: Parameters<KernelFunction>[0]) => boolean,
): KernelFunction {
  if (!stock) return ours;
  return (call) => (fits(call) ? ours(call) : stock(call));
}
