import { describeValue } from '@metadistill/options';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checked } from '../call/checked.js';
import {
  checkDtype,
  checkFinite,
  checkOneOf,
  checkShape,
  checkSize,
  checkSizes,
  checkTensor,
  shown,
  sizeOf,
} from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { KernelRow } from '../call/kernel-row.js';

function checkFlip({ inputs: { image } }: KernelCall<'image'>): void {
  checkDtype('flipLeftRight', 'image', image, ['float32', 'int32']);
  checkTensor('flipLeftRight', 'image', image, image.dtype, 4);
}

interface RotateAttributes {
  readonly radians: number;
  readonly fillValue: number | readonly number[];
  readonly center: number | readonly number[];
}

function checkRotation({
  inputs: { image },
  attrs: { radians, fillValue, center },
}: KernelCall<'image', RotateAttributes>): void {
  const kernel = 'rotateWithOffset';
  checkTensor(kernel, 'image', image, 'float32', 4);
  checkFinite(kernel, { radians });
  checkNumbersOf(kernel, 'fillValue', fillValue, 3);
  checkNumbersOf(kernel, 'center', center, 2);
  if (image.shape[3]! > 4) {
    throw new RangeError(
      `${kernel}: image has ${image.shape[3]} channels; expected at most 4, for which there is a fill value.`,
    );
  }
}

/** One finite number, or a list of that many. */
function checkNumbersOf(
  kernel: string,
  name: string,
  given: number | readonly number[],
  count: number,
): void {
  const list: readonly unknown[] = Array.isArray(given) ? given : new Array(count).fill(given);
  if (list.length === count && list.every(Number.isFinite)) return;
  throw new RangeError(
    `${kernel}: ${name} is ${describeValue(given)}; expected a finite number, or a list of ${count}.`,
  );
}

interface TransformAttributes {
  readonly interpolation: string;
  readonly fillMode: string;
  readonly fillValue: number;
  readonly outputShape?: readonly number[] | null;
}

function checkTransform({
  inputs: { image, transforms },
  attrs: { interpolation, fillMode, fillValue, outputShape },
  backend,
}: KernelCall<'image' | 'transforms', TransformAttributes>): void {
  const kernel = 'transform';
  checkTensor(kernel, 'image', image, 'float32', 4);
  checkTensor(kernel, 'transforms', transforms, 'float32', 2);
  checkOneOf(kernel, 'transforms.shape[0]', transforms.shape[0], [1, image.shape[0]]);
  checkShape(kernel, 'transforms', transforms, [transforms.shape[0]!, 8]);
  checkOneOf(kernel, 'interpolation', interpolation, ['nearest', 'bilinear']);
  checkOneOf(kernel, 'fillMode', fillMode, ['constant', 'reflect', 'wrap', 'nearest']);
  checkFinite(kernel, { fillValue });
  if (outputShape !== null && outputShape !== undefined) checkSizes(kernel, 'outputShape', outputShape, 2, 1);
  if (sizeOf(image.shape.slice(1, 3)) === 0) {
    throw new RangeError(`${kernel}: image has shape ${shown(image.shape)}; expected at least one pixel.`);
  }
  checkFiniteValues(kernel, 'transforms', transforms, backend);
}

function checkFiniteValues(kernel: string, name: string, tensor: TensorInfo, backend: unknown): void {
  const wild = wasmHost(backend)
    .floats(tensor)
    .find((value) => !Number.isFinite(value));
  if (wild !== undefined) throw new RangeError(`${kernel}: ${name} has ${wild}; expected finite numbers.`);
}

function checkDepthToSpace({
  inputs: { x },
  attrs: { blockSize, dataFormat },
}: KernelCall<'x', { readonly blockSize: number; readonly dataFormat: string }>): void {
  const kernel = 'depthToSpace';
  checkTensor(kernel, 'x', x, 'float32', 4);
  checkSize(kernel, 'blockSize', blockSize, 1);
  checkOneOf(kernel, 'dataFormat', dataFormat, ['NHWC', 'NCHW']);
  const depth = x.shape[dataFormat === 'NHWC' ? 3 : 1]!;
  if (depth % blockSize ** 2 !== 0) {
    throw new RangeError(`${kernel}: x has ${depth} channels; expected a multiple of ${blockSize ** 2}.`);
  }
}

interface LrnAttributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

function checkLrn(
  kernel: string,
  tensors: Readonly<Record<string, TensorInfo>>,
  { depthRadius, bias, alpha, beta }: LrnAttributes,
): void {
  const [first] = Object.values(tensors);
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor(kernel, name, tensor, 'float32', 4);
    checkShape(kernel, name, tensor, first!.shape);
  }
  checkSize(kernel, 'depthRadius', depthRadius, 0);
  checkFinite(kernel, { bias, alpha, beta });
}

interface SuppressionAttributes {
  readonly maxOutputSize: number;
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  readonly softNmsSigma?: number;
  readonly padToMaxOutputSize?: boolean;
}

const checkSuppression =
  (kernel: string) =>
  ({
    inputs: { boxes, scores },
    attrs: { maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma = 0, padToMaxOutputSize = false },
  }: KernelCall<'boxes' | 'scores', SuppressionAttributes>): void => {
    checkTensor(kernel, 'scores', scores, 'float32', 1);
    checkTensor(kernel, 'boxes', boxes, 'float32', 2);
    const [count] = scores.shape as [number];
    checkShape(kernel, 'boxes', boxes, [count, 4]);
    checkOneOf(kernel, 'padToMaxOutputSize', padToMaxOutputSize, [false, true]);
    checkSize(kernel, 'maxOutputSize', maxOutputSize, 0);
    if (maxOutputSize > count) {
      throw new RangeError(
        `${kernel}: maxOutputSize is ${maxOutputSize}; expected at most ${count}, the boxes.`,
      );
    }
    for (const [name, value] of Object.entries({ iouThreshold, scoreThreshold, softNmsSigma })) {
      if (typeof value === 'number' && !Number.isNaN(value)) continue;
      throw new RangeError(`${kernel}: ${name} is ${describeValue(value)}; expected a number.`);
    }
  };

export const imageChecks: readonly KernelRow[] = [
  { name: 'FlipLeftRight', wasm: checked(checkFlip) },
  { name: 'RotateWithOffset', wasm: checked(checkRotation) },
  { name: 'Transform', wasm: checked(checkTransform) },
  { name: 'DepthToSpace', wasm: checked(checkDepthToSpace) },
  {
    name: 'LRN',
    wasm: checked(({ inputs: { x }, attrs }: KernelCall<'x', LrnAttributes>) =>
      checkLrn('lrn', { x }, attrs),
    ),
  },
  {
    name: 'LRNGrad',
    wasm: checked(({ inputs: { x, y, dy }, attrs }: KernelCall<'x' | 'y' | 'dy', LrnAttributes>) =>
      checkLrn('lrnGrad', { x, y, dy }, attrs),
    ),
  },
  { name: 'NonMaxSuppressionV3', wasm: checked(checkSuppression('nonMaxSuppression')) },
  { name: 'NonMaxSuppressionV4', wasm: checked(checkSuppression('nonMaxSuppressionPadded')) },
  { name: 'NonMaxSuppressionV5', wasm: checked(checkSuppression('nonMaxSuppressionWithScore')) },
];
