import { checkOptions } from '@metadistill/options';
import { relu } from '../layers/activations/relu.js';
import { addition } from '../layers/containers/addition.js';
import { identity } from '../layers/containers/identity.js';
import { sequential } from '../layers/containers/sequential.js';
import { conv2d } from '../layers/convolution/conv2d.js';
import { batchNorm } from '../layers/normalization/batch-norm.js';
import type { Layer } from '../types.js';

export interface ResidualBlockOptions {
  readonly name: string;
  /** Channels of the image that goes in. */
  readonly inputs: number;
  /** Channels inside the block; a basic block gives as many, a bottleneck four times as many. */
  readonly channels: number;
  /** How far apart the block reads the image, as a whole. */
  readonly strides: number;
}

/** A kind of block: how many times its `channels` it gives, and how it is made. */
export interface ResidualBlock {
  readonly expansion: number;
  readonly make: (options: ResidualBlockOptions) => Layer;
}

/** Two 3×3 convolutions, each after batch norm and ReLU. */
export const basicBlock: ResidualBlock = {
  expansion: 1,
  make: (options) =>
    preActivation(options, [
      [3, options.strides, 1],
      [3, 1, 1],
    ]),
};

/** 1×1, 3×3 and 1×1 convolutions, each after batch norm and ReLU; the last one widens to four times the channels. */
export const bottleneckBlock: ResidualBlock = {
  expansion: 4,
  make: (options) =>
    preActivation(options, [
      [1, 1, 1],
      [3, options.strides, 1],
      [1, 1, 4],
    ]),
};

type Convolution = readonly [kernelSize: number, strides: number, widening: number];

/**
 * a = relu(norm(x)), y = f(a) + shortcut: a 1×1 convolution of a if the shape changes, else x itself.
 *
 * @see He, Zhang, Ren, Sun, Identity Mappings in Deep Residual Networks (2016); named and ordered as `PreActBlock` and
 *   `PreActBottleneck` of the PyTorch code `kuangliu/pytorch-cifar`.
 */
function preActivation(options: ResidualBlockOptions, convolutions: readonly Convolution[]): Layer {
  checkOptions('ResidualBlock.make', options, { name: true, inputs: true, channels: true, strides: true });
  const { name, inputs, channels, strides } = options;
  const outputsOf = (i: number) => {
    const [, , widening] = convolutions[i] ?? [0, 0, 0];
    return i < 0 ? inputs : channels * widening;
  };
  const activation = (i: number) => [batchNorm({ name: `bn${i + 1}`, channels: outputsOf(i - 1) }), relu()];
  const convolution = (convolutionName: string, i: number, [kernelSize, stride]: readonly number[]) =>
    conv2d({
      name: convolutionName,
      inputs: outputsOf(i - 1),
      outputs: outputsOf(i),
      kernelSize: kernelSize as number,
      strides: stride as number,
      padding: ((kernelSize as number) - 1) / 2,
      useBias: false,
    });
  const rest = convolutions.flatMap((each, i) => [
    ...(i === 0 ? [] : activation(i)),
    convolution(`conv${i + 1}`, i, each),
  ]);
  const outputs = outputsOf(convolutions.length - 1);
  if (strides === 1 && inputs === outputs) {
    return addition({
      name,
      branches: [sequential({ name: '', layers: [...activation(0), ...rest] }), identity()],
    });
  }
  const shortcut = conv2d({
    name: 'shortcut.0',
    inputs,
    outputs,
    kernelSize: 1,
    strides,
    useBias: false,
  });
  const sum = addition({ name: '', branches: [sequential({ name: '', layers: rest }), shortcut] });
  return sequential({ name, layers: [...activation(0), sum] });
}
