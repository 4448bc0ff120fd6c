import { checkOptions } from '@metadistill/options';
import { relu } from '../layers/activations/relu.js';
import { conv2d } from '../layers/convolution/conv2d.js';
import { dense } from '../layers/dense/dense.js';
import { batchNormReluPool } from '../layers/normalization/batch-norm-relu-pool.js';
import { flatten } from '../layers/shape/flatten.js';
import { type LayeredModel, model } from '../model.js';
import type { Layer } from '../types.js';

export interface ConvNetOptions {
  readonly name: string;
  /** `[height, width, channels]` of an image. */
  readonly inputShape: readonly [number, number, number];
  /** Channels after each of the blocks. */
  readonly channels: readonly number[];
  /** Values between the two dense layers. */
  readonly hidden: number;
  readonly classes: number;
}

/**
 * Blocks of 3×3 convolution without padding, batch norm, ReLU and 2×2 max pooling, then two dense layers with a ReLU
 * between: the shape of all three students of the paper's image experiments.
 *
 * Parameters are named, ordered and drawn as in the authors' PyTorch modules: `conv1`, `conv1_bn`, ..., `fc1`, `fc2`.
 */
export function convNet(options: ConvNetOptions): LayeredModel {
  checkOptions('convNet', options, {
    name: 'string',
    inputShape: 'numbers',
    channels: 'numbers',
    hidden: 'number',
    classes: 'number',
  });
  const { name, inputShape, channels, hidden, classes } = options;
  const blocks = channels.flatMap((outputs, i): Layer[] => [
    conv2d({
      name: `conv${i + 1}`,
      inputs: channels[i - 1] ?? inputShape[2],
      outputs,
      kernelSize: 3,
    }),
    batchNormReluPool({ name: `conv${i + 1}_bn`, channels: outputs }),
  ]);
  const [height, width] = inputShape.map((side) => channels.reduce(sideAfterBlock, side));
  const image = [height as number, width as number, channels.at(-1) as number] as const;
  const inputs = image[0] * image[1] * image[2];
  return model({
    name,
    inputShape,
    classes,
    layers: [
      ...blocks,
      flatten(),
      dense({ name: 'fc1', inputs, outputs: hidden, fromImage: image }),
      relu(),
      dense({ name: 'fc2', inputs: hidden, outputs: classes }),
    ],
  });
}

const sideAfterBlock = (side: number): number => Math.floor((side - 2) / 2);
