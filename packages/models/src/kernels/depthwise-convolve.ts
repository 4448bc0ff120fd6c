import {
  depthwiseConv2d,
  getBackend,
  getKernel,
  mul,
  pad,
  reshape,
  reverse,
  slice,
  stack,
  stridedSlice,
  sum,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { padConvolutionGradients } from './fast-convolution-gradients.js';
import {
  cropImage,
  explicitPadding,
  isDilated,
  paddedShape,
  padImage,
  sidesOf,
  type Windows,
} from './padding.js';
import { addPerChannel, sumPerChannel } from './per-channel.js';
import { runKernel } from './run-fused.js';

/**
 * Depthwise convolution of `[batch, height, width, channels]` with a filter `[rows, columns, channels, multiplier m]`:
 * y[n, i, j, m·c + o] = Σ x[n, s·i + d·k − p, s·j + d·l − p, c] f[k, l, c, o], plus a bias `[channels · m]` if there is one.
 */
export function depthwiseConvolve(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | undefined,
  windows: Windows,
): Tensor4D {
  const sides = sidesOf(x.shape, filter.shape, windows);
  const [strides, dilations] = [[...windows.strides], [...windows.dilations]] as [Pair, Pair];
  // Without the word `same`, whose zeros wasm does not always add; native TensorFlow has no others.
  const padded = getBackend() === 'tensorflow' ? padImage(x, sides) : x;
  const zeros = padded === x ? explicitPadding(sides) : 'valid';
  if (bias !== undefined && getBackend() === 'wasm') {
    const attributes = { strides, dilations, pad: zeros, dataFormat: 'NHWC', activation: 'linear' };
    return runKernel('FusedDepthwiseConv2D', { x, filter, bias }, attributes)[0] as Tensor4D;
  }
  return tidy(() => {
    const y = depthwiseConv2d(padded, filter, strides, zeros, 'NHWC', dilations);
    return bias === undefined ? y : (addPerChannel(y, bias) as Tensor4D);
  });
}

/** The derivative of ⟨dy, depthwiseConvolve(x, f)⟩ by f: what each tap saw, times `dy`, summed up. */
export const depthwiseFilterGradient = (
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Tensor4D['shape'],
  windows: Windows,
): Tensor4D =>
  tidy(() => {
    const { strides, dilations } = windows;
    const sides = sidesOf(x.shape, filterShape, windows);
    if (hasKernels(windows)) {
      const pads = padConvolutionGradients();
      const inputs = { x: pads ? x : padImage(x, sides), dy };
      const zeros = pads ? explicitPadding(sides) : 'valid';
      const attributes = { strides, dilations, pad: zeros, dataFormat: 'NHWC', filterShape };
      return runKernel('DepthwiseConv2dNativeBackpropFilter', inputs, attributes)[0] as Tensor4D;
    }
    const [rows, columns, , multiplier] = filterShape;
    const [batch, height, width, channels] = dy.shape;
    const image = repeatChannels(padImage(x, sides), multiplier);
    const taps = Array.from({ length: rows * columns }, (_, tap) => {
      const row = Math.floor(tap / columns) * dilations[0];
      const column = (tap % columns) * dilations[1];
      const end = [row + (height - 1) * strides[0] + 1, column + (width - 1) * strides[1] + 1];
      const seen = stridedSlice(image, [0, row, column, 0], [batch, ...end, channels], [1, ...strides, 1]);
      return sumPerChannel(mul(seen, dy));
    });
    return reshape(stack(taps), filterShape);
  });

/**
 * The derivative of ⟨dy, depthwiseConvolve(x, f)⟩ by x: the depthwise convolution of dy, zeros between its rows and
 * columns for the strides, with f turned by 180°; the outputs of a channel are then summed up.
 */
export const depthwiseInputGradient = (
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: Tensor4D['shape'],
  windows: Windows,
): Tensor4D =>
  tidy(() => {
    const { strides, dilations } = windows;
    const sides = sidesOf(inputShape, filter.shape, windows);
    if (hasKernels(windows)) {
      const pads = padConvolutionGradients();
      const attributes = {
        strides,
        dilations,
        pad: pads ? explicitPadding(sides) : 'valid',
        dataFormat: 'NHWC',
        inputShape: pads ? inputShape : paddedShape(inputShape, sides),
      };
      const inputs = { dy, filter };
      const [gradient] = runKernel('DepthwiseConv2dNativeBackpropInput', inputs, attributes) as [Tensor4D];
      return pads ? gradient : cropImage(gradient, sides, inputShape);
    }
    const [rows, columns, channels, multiplier] = filter.shape;
    const spread = withGaps(dy, strides);
    const [, spreadHeight, spreadWidth] = spread.shape;
    const [, height, width] = inputShape;
    // As many zeros before and behind as let the turned filter end where the image does.
    const [top, left] = [dilations[0] * (rows - 1) - sides.top, dilations[1] * (columns - 1) - sides.left];
    const [bottom, right] = [height - spreadHeight + sides.top, width - spreadWidth + sides.left];
    const turned: Tensor4D = reverse(reshape(filter, [rows, columns, channels * multiplier, 1]), [0, 1]);
    const zeros = explicitPadding({ top, bottom, left, right });
    const perOutput = depthwiseConv2d(spread, turned, 1, zeros, 'NHWC', [...dilations]);
    return multiplier === 1
      ? perOutput
      : reshape(sum(reshape(perOutput, [-1, channels, multiplier]), 2), inputShape);
  });

type Pair = [number, number];

/** Whether the backend in use has gradient kernels for these windows: wasm has ours, with dilations, or none. */
const hasKernels = (windows: Windows): boolean =>
  getKernel('DepthwiseConv2dNativeBackpropFilter', getBackend()) !== undefined &&
  (padConvolutionGradients() || !isDilated(windows));

/** Each channel so many times in a row. */
const repeatChannels = (x: Tensor4D, times: number): Tensor4D =>
  times === 1
    ? x
    : reshape(tile(reshape(x, [-1, 1]), [1, times]), [
        ...x.shape.slice(0, 3),
        x.shape[3] * times,
      ] as Tensor4D['shape']);

/** An image with zeros between its rows and columns, so that neighbours lie `strides` apart. */
function withGaps(x: Tensor4D, [rows, columns]: Windows['strides']): Tensor4D {
  if (rows === 1 && columns === 1) return x;
  const [batch, height, width, channels] = x.shape;
  // Pads of rank 3: wasm is slow on those of rank 5 and more.
  const byColumn: Tensor3D = pad(reshape(x, [batch * height * width, 1, channels]), [
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ]);
  const byRow: Tensor3D = pad(reshape(byColumn, [batch * height, 1, width * columns * channels]), [
    [0, 0],
    [0, rows - 1],
    [0, 0],
  ]);
  const whole: Tensor4D = reshape(byRow, [batch, height * rows, width * columns, channels]);
  const sides = [(height - 1) * rows + 1, (width - 1) * columns + 1] as const;
  return slice(whole, [0, 0, 0, 0], [batch, ...sides, channels]);
}
