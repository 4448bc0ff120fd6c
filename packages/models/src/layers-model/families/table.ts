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
import { compileEmbedding } from './embedding.js';
import {
  compileAdd,
  compileAverage,
  compileConcatenate,
  compileMaximum,
  compileMinimum,
  compileMultiply,
} from './merging.js';
import { compileBatchNorm, compileLayerNorm } from './normalization.js';
import {
  compileAveragePool1d,
  compileAveragePool2d,
  compileAveragePool3d,
  compileGlobalAveragePool,
  compileGlobalMaxPool,
  compileMaxPool1d,
  compileMaxPool2d,
  compileMaxPool3d,
} from './pooling.js';
import { compileRescaling } from './rescaling.js';
import {
  compileCropping2d,
  compileFlatten,
  compilePermute,
  compileRepeatVector,
  compileReshape,
  compileUpSampling2d,
  compileZeroPadding2d,
} from './shape.js';
import type { Compile } from './types.js';

/** Which layers of tfjs-layers have rules of ours, by the names of their classes. */
export const compilers: ReadonlyMap<string, Compile> = new Map([
  ['Activation', compileActivation],
  ['Add', compileAdd],
  ['Average', compileAverage],
  ['AveragePooling1D', compileAveragePool1d],
  ['AveragePooling2D', compileAveragePool2d],
  ['AveragePooling3D', compileAveragePool3d],
  ['BatchNormalization', compileBatchNorm],
  ['Concatenate', compileConcatenate],
  ['Conv1D', compileConv1d],
  ['Conv2D', compileConv2d],
  ['Conv2DTranspose', compileConv2dTranspose],
  ['Cropping2D', compileCropping2d],
  ['Dense', compileDense],
  ['DepthwiseConv2D', compileDepthwiseConv2d],
  ['Dropout', compileDropout],
  ['ELU', compileElu],
  ['Embedding', compileEmbedding],
  ['Flatten', compileFlatten],
  ['GlobalAveragePooling1D', compileGlobalAveragePool],
  ['GlobalAveragePooling2D', compileGlobalAveragePool],
  ['GlobalMaxPooling1D', compileGlobalMaxPool],
  ['GlobalMaxPooling2D', compileGlobalMaxPool],
  ['LayerNormalization', compileLayerNorm],
  ['LeakyReLU', compileLeakyRelu],
  ['MaxPooling1D', compileMaxPool1d],
  ['MaxPooling2D', compileMaxPool2d],
  ['MaxPooling3D', compileMaxPool3d],
  ['Maximum', compileMaximum],
  ['Minimum', compileMinimum],
  ['Multiply', compileMultiply],
  ['PReLU', compilePrelu],
  ['Permute', compilePermute],
  ['ReLU', compileRelu],
  ['RepeatVector', compileRepeatVector],
  ['Rescaling', compileRescaling],
  ['Reshape', compileReshape],
  ['SeparableConv2D', compileSeparableConv2d],
  ['Softmax', compileSoftmax],
  ['SpatialDropout1D', compileDropout],
  ['ThresholdedReLU', compileThresholdedRelu],
  ['UpSampling2D', compileUpSampling2d],
  ['ZeroPadding2D', compileZeroPadding2d],
]);
