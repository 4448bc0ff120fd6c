import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checkShape, checkTensor, shown } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import { checkPadding, perAxis } from '../call/window-checks.js';

/** Attributes of `Dilation2D` and its gradients. */
export interface DilationAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dilations: number | [number, number];
}

/**
 * `Dilation2D` on wasm: y[n, i, j, c] = max over u, v of x[n, s·i + d·u − p, s·j + d·v − p, c] + w[u, v, c], within the image.
 * TensorFlow.js' own begins with the smallest positive number, and so is wrong where all sums are negative.
 *
 * `x` is `[batch, height, width, channels]` and `filter` `[height, width, channels]`, both float32.
 */
export function dilation2d({
  inputs: { x, filter },
  attrs,
  backend,
}: KernelCall<'x' | 'filter', DilationAttributes>): TensorInfo {
  const windows = windowsOf(x, filter, attrs);
  const host = wasmHost(backend);
  const y = host.make(windows.outShape, 'float32');
  const [values, weights, to] = [host.floats(x), host.floats(filter), host.floats(y)];
  eachWinner(windows, values, weights, (output, at, tap) => {
    to[output] = values[at]! + weights[tap]!;
  });
  return y;
}

type GradientCall = KernelCall<'x' | 'filter' | 'dy', DilationAttributes>;

/** `Dilation2DBackpropInput` on wasm: dx[winner of each window] += dy, of equal sums the first. */
export const dilation2dInputGradient = (call: GradientCall): TensorInfo => gradient(call, 'x');

/** `Dilation2DBackpropFilter` on wasm: dw[the winner's tap] += dy. */
export const dilation2dFilterGradient = (call: GradientCall): TensorInfo => gradient(call, 'filter');

function gradient({ inputs, attrs, backend }: GradientCall, by: 'x' | 'filter'): TensorInfo {
  const { x, filter, dy } = inputs;
  const windows = windowsOf(x, filter, attrs);
  checkTensor('dilation2dGrad', 'dy', dy, 'float32', 4);
  checkShape('dilation2dGrad', 'dy', dy, windows.outShape);
  const host = wasmHost(backend);
  const result = host.make(inputs[by].shape, 'float32');
  const [cotangents, to] = [host.floats(dy), host.floats(result)];
  to.fill(0);
  eachWinner(windows, host.floats(x), host.floats(filter), (output, at, tap) => {
    to[by === 'x' ? at : tap]! += cotangents[output]!;
  });
  return result;
}

type Windows = ReturnType<typeof backend_util.computeDilation2DInfo>;

function windowsOf(
  x: TensorInfo,
  filter: TensorInfo,
  { strides, pad, dilations }: DilationAttributes,
): Windows {
  checkTensor('dilation2d', 'x', x, 'float32', 4);
  checkTensor('dilation2d', 'filter', filter, 'float32', 3);
  const [height = 0, width = 0] = filter.shape;
  checkShape('dilation2d', 'filter', filter, [height, width, x.shape[3]!]);
  checkPadding('dilation2d', pad, 4);
  const pairOf = (name: string, given: unknown) => perAxis('dilation2d', name, given, 2) as [number, number];
  const windows = backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    pairOf('strides', strides),
    pad as 'same',
    'NHWC',
    pairOf('dilations', dilations),
  );
  if (windows.outHeight > 0 && windows.outWidth > 0) return windows;
  throw new RangeError(
    `dilation2d: the filter ${shown(filter.shape)} is larger than the padded images of ${shown(x.shape)}; expected one that fits.`,
  );
}

/** Calls `visit` with the index of each output, and where the largest sum of its window is in x and in the filter. */
function eachWinner(
  { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, ...rest }: Windows,
  x: Float32Array,
  filter: Float32Array,
  visit: (output: number, at: number, tap: number) => void,
): void {
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth, dilationHeight, dilationWidth } =
    rest;
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let channel = 0; channel < inChannels; channel++) {
          let [best, at, tap] = [Number.NEGATIVE_INFINITY, -1, -1];
          for (let u = 0; u < filterHeight; u++) {
            const y = row * strideHeight - padInfo.top + u * dilationHeight;
            if (y < 0 || y >= inHeight) continue;
            for (let v = 0; v < filterWidth; v++) {
              const across = column * strideWidth - padInfo.left + v * dilationWidth;
              if (across < 0 || across >= inWidth) continue;
              const from = ((image * inHeight + y) * inWidth + across) * inChannels + channel;
              const to = (u * filterWidth + v) * inChannels + channel;
              const sum = x[from]! + filter[to]!;
              if (at < 0 || sum > best || (Number.isNaN(sum) && !Number.isNaN(best))) {
                [best, at, tap] = [sum, from, to];
              }
            }
          }
          if (at < 0) {
            throw new RangeError(
              'dilation2d: a window has no position in the image; expected one that has. Use a smaller dilation or less padding.',
            );
          }
          visit(output++, at, tap);
        }
      }
    }
  }
}
