import { compileActivation, compileRelu } from './activation.js';
import { compileConv2d } from './convolution.js';
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
  ['Conv2D', compileConv2d],
  ['Dense', compileDense],
  ['Dropout', compileDropout],
  ['Flatten', compileFlatten],
  ['GlobalAveragePooling2D', compileGlobalAveragePool2d],
  ['MaxPooling2D', compileMaxPool2d],
  ['Maximum', compileMaximum],
  ['Minimum', compileMinimum],
  ['Multiply', compileMultiply],
  ['ReLU', compileRelu],
  ['SpatialDropout1D', compileDropout],
]);
