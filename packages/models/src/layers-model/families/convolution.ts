import { conv1d } from '../../layers/convolution/conv1d.js';
import { conv2d } from '../../layers/convolution/conv2d.js';
import { conv2dTranspose } from '../../layers/convolution/conv2d-transpose.js';
import { depthwiseConv2d } from '../../layers/convolution/depthwise-conv2d.js';
import { withActivation } from './activation.js';
import type { Compile, LayerSource } from './types.js';

type Pair = readonly [number, number];

/** Configurations of tfjs-layers that pass forward and back: channels last, strides or dilations. */
function windowsOf({ layer, config }: LayerSource) {
  const strides = config.strides as Pair;
  const dilationRate = config.dilationRate as Pair;
  const isKnown =
    isChannelsLast(layer) &&
    (config.padding === 'valid' || config.padding === 'same') &&
    (Math.max(...strides) === 1 || Math.max(...dilationRate) === 1);
  return isKnown ? { strides, dilationRate, padding: config.padding as 'valid' | 'same' } : undefined;
}

/** The configuration of a `conv1d` leaves it out. */
const isChannelsLast = (layer: object) => (layer as { dataFormat?: unknown }).dataFormat === 'channelsLast';

const biasOf = ({ shapeOf }: LayerSource) => (shapeOf('bias') ? ['bias'] : []);

export const compileConv2d: Compile = (source) => {
  const { name, config, shapeOf } = source;
  const windows = windowsOf(source);
  if (windows === undefined) return undefined;
  const [height, width, inputs, outputs] = shapeOf('kernel') as [number, number, number, number];
  const bias = biasOf(source);
  const sizes = { inputs, outputs, kernelSize: [height, width] as const };
  const layer = conv2d({ name, ...sizes, ...windows, useBias: bias.length > 0 });
  return withActivation([{ layer, weights: ['kernel', ...bias] }], name, config);
};

export const compileConv1d: Compile = (source) => {
  const { name, config, shapeOf } = source;
  const windows = windowsOf(source);
  if (windows === undefined) return undefined;
  const [kernelSize, inputs, outputs] = shapeOf('kernel') as [number, number, number];
  const [strides, dilationRate] = [windows.strides[0], windows.dilationRate[0]];
  const bias = biasOf(source);
  const sizes = { inputs, outputs, kernelSize, strides, dilationRate, padding: windows.padding };
  const layer = conv1d({ name, ...sizes, useBias: bias.length > 0 });
  return withActivation([{ layer, weights: ['kernel', ...bias] }], name, config);
};

/** tfjs-layers leaves `dilationRate` of a transposed convolution out of account. */
export const compileConv2dTranspose: Compile = (source) => {
  const { name, layer: original, config, shapeOf } = source;
  if (!isChannelsLast(original)) return undefined;
  const [height, width, outputs, inputs] = shapeOf('kernel') as [number, number, number, number];
  const bias = biasOf(source);
  const layer = conv2dTranspose({
    name,
    inputs,
    outputs,
    kernelSize: [height, width],
    strides: config.strides as Pair,
    padding: config.padding as 'valid' | 'same',
    useBias: bias.length > 0,
  });
  return withActivation([{ layer, weights: ['kernel', ...bias] }], name, config);
};

/** tfjs-layers leaves `dilationRate` of a depthwise convolution out of account. */
export const compileDepthwiseConv2d: Compile = (source) => {
  const { name, layer: original, config, shapeOf } = source;
  if (!isChannelsLast(original)) return undefined;
  const [height, width, inputs, depthMultiplier] = shapeOf('depthwise_kernel') as [
    number,
    number,
    number,
    number,
  ];
  const bias = biasOf(source);
  const layer = depthwiseConv2d({
    name,
    inputs,
    depthMultiplier,
    kernelSize: [height, width],
    strides: config.strides as Pair,
    padding: config.padding as 'valid' | 'same',
    useBias: bias.length > 0,
  });
  return withActivation([{ layer, weights: ['depthwise_kernel', ...bias] }], name, config);
};

/** A depthwise convolution, then one of 1 × 1. */
export const compileSeparableConv2d: Compile = (source) => {
  const { name, config, shapeOf } = source;
  const windows = windowsOf(source);
  if (windows === undefined) return undefined;
  const [height, width, inputs, depthMultiplier] = shapeOf('depthwise_kernel') as [
    number,
    number,
    number,
    number,
  ];
  const [, , between, outputs] = shapeOf('pointwise_kernel') as [number, number, number, number];
  const bias = biasOf(source);
  const sizes = { inputs, depthMultiplier, kernelSize: [height, width] as const };
  const depthwise = depthwiseConv2d({ name: `${name}/depthwise`, ...sizes, ...windows, useBias: false });
  const pointwise = conv2d({ name, inputs: between, outputs, kernelSize: 1, useBias: bias.length > 0 });
  const steps = [
    { layer: depthwise, weights: ['depthwise_kernel'] },
    { layer: pointwise, weights: ['pointwise_kernel', ...bias] },
  ];
  return withActivation(steps, name, config);
};
