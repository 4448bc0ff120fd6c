import {
  compileActivation,
  compileElu,
  compileLeakyRelu,
  compilePrelu,
  compileRelu,
  compileSoftmax,
  compileThresholdedRelu,
} from './activation.js';
import {
  compileConv1d,
  compileConv2d,
  compileConv2dTranspose,
  compileDepthwiseConv2d,
  compileSeparableConv2d,
} from './convolution.js';
import { compileDense } from './dense.js';
import { compileDropout } from './dropout.js';
import {
  compileAdd,
  compileAverage,
  compileConcatenate,
  compileMaximum,
  compileMinimum,
  compileMultiply,
} from './merging.js';
import { compileBatchNorm } from './normalization.js';
import { compileGlobalAveragePool2d, compileMaxPool2d } from './pooling.js';
import { compileFlatten } from './shape.js';
import type { Compile } from './types.js';

/** Which layers of tfjs-layers have rules of ours, by the names of their classes. */
export const compilers: ReadonlyMap<string, Compile> = new Map([
  ['Activation', compileActivation],
  ['Add', compileAdd],
  ['Average', compileAverage],
  ['BatchNormalization', compileBatchNorm],
  ['Concatenate', compileConcatenate],
  ['Conv1D', compileConv1d],
  ['Conv2D', compileConv2d],
  ['Conv2DTranspose', compileConv2dTranspose],
  ['Dense', compileDense],
  ['DepthwiseConv2D', compileDepthwiseConv2d],
  ['Dropout', compileDropout],
  ['ELU', compileElu],
  ['Flatten', compileFlatten],
  ['GlobalAveragePooling2D', compileGlobalAveragePool2d],
  ['LeakyReLU', compileLeakyRelu],
  ['MaxPooling2D', compileMaxPool2d],
  ['Maximum', compileMaximum],
  ['Minimum', compileMinimum],
  ['Multiply', compileMultiply],
  ['PReLU', compilePrelu],
  ['ReLU', compileRelu],
  ['SeparableConv2D', compileSeparableConv2d],
  ['Softmax', compileSoftmax],
  ['SpatialDropout1D', compileDropout],
  ['ThresholdedReLU', compileThresholdedRelu],
]);
