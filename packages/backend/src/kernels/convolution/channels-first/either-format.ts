import { type backend_util, getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../../wasm/wasm-backend.js';
import { checkSizes } from '../../call/checks.js';
import type { KernelCall } from '../../call/kernel-call.js';
import { checkPadding } from '../../call/window-checks.js';
import type { ConvolutionAttributes } from '../convolution-geometry.js';

/** Attributes of a convolution or one of its gradients. */
interface Attributes extends ConvolutionAttributes {
  readonly inputShape?: readonly number[];
}

type Call = KernelCall<string, Attributes>;
// biome-ignore lint/suspicious/noExplicitAny: each kernel names its own inputs.
type Kernel = (call: any) => TensorInfo;

/** Where each axis of the result was. */
const toLast = [0, 2, 3, 1];
const toFirst = [0, 3, 1, 2];

/**
 * A convolution on wasm, or one of its gradients, that also takes `dataFormat: 'NCHW'`, by moving the channels of the images.
 *
 * @param kernel takes NHWC.
 * @param images the inputs that are images.
 * @param returnsImages whether the result is one too, and no filter.
 */
export function eitherFormat(kernel: Kernel, images: readonly string[], returnsImages: boolean): Kernel {
  return (call: Call) => {
    if (call.attrs.dataFormat !== 'NCHW') return kernel(call);
    const backend = call.backend as WasmBackend;
    const made: TensorInfo[] = [];
    const moved = (x: TensorInfo, perm: readonly number[]): TensorInfo => {
      const transpose = getKernel('Transpose', 'wasm')!.kernelFunc;
      const result = transpose({ inputs: { x }, attrs: { perm: [...perm] }, backend }) as TensorInfo;
      made.push(result);
      return result;
    };
    try {
      const inputs: Record<string, TensorInfo> = { ...call.inputs };
      const { inputShape, pad } = call.attrs;
      for (const name of images) {
        checkSizes('convolution', name, inputs[name]!.shape, 4, 0);
        inputs[name] = moved(inputs[name]!, toLast);
      }
      if (inputShape) checkSizes('convolution', 'inputShape', inputShape, 4, 1, 0);
      checkPadding('convolution', pad, 4);
      const attrs: Attributes = {
        ...call.attrs,
        dataFormat: 'NHWC',
        pad: Array.isArray(pad) ? (permuted(pad, toLast) as backend_util.ExplicitPadding) : pad,
        ...(inputShape && { inputShape: permuted(inputShape, toLast) }),
      };
      const result = kernel({ inputs, attrs, backend });
      if (!returnsImages) return result;
      made.push(result);
      const first = moved(result, toFirst);
      made.pop();
      return first;
    } finally {
      for (const { dataId } of made) backend.disposeData(dataId);
    }
  };
}

const permuted = <Value>(values: readonly Value[], order: readonly number[]): Value[] =>
  order.map((axis) => values[axis]!);
