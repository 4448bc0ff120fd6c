import { conv2d } from '../../layers/convolution/conv2d.js';
import { withActivation } from './activation.js';
import type { Compile } from './types.js';

export const compileConv2d: Compile = ({ name, config, shapeOf }) => {
  const [height, width, inputs, outputs] = shapeOf('kernel') as [number, number, number, number];
  const [strides, across] = config.strides as [number, number];
  const isPlain = height === width && strides === across && String(config.dilationRate) === '1,1';
  if (!isPlain || config.dataFormat !== 'channelsLast') return undefined;
  const useBias = shapeOf('bias') !== undefined;
  const padding = config.padding as 'valid' | 'same';
  const step = {
    layer: conv2d({ name, inputs, outputs, kernelSize: height, strides, padding, useBias }),
    weights: ['kernel', ...(useBias ? ['bias'] : [])],
  };
  return withActivation([step], name, config);
};
