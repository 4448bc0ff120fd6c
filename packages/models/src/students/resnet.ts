import { checkOptions } from '@metadistill/options';
import { relu } from '../layers/activations/relu.js';
import { sequential } from '../layers/containers/sequential.js';
import { conv2d } from '../layers/convolution/conv2d.js';
import { dense } from '../layers/dense/dense.js';
import { batchNorm } from '../layers/normalization/batch-norm.js';
import { globalAveragePool } from '../layers/pooling/global-average-pool.js';
import { type LayeredModel, model } from '../model.js';
import type { Layer } from '../types.js';
import type { ResidualBlock } from './residual-blocks.js';

export interface ResnetOptions {
  readonly name: string;
  readonly block: ResidualBlock;
  /** Blocks of each stage; every stage but the first halves the image and doubles the channels. */
  readonly blocks: readonly number[];
  /** Channels of the first stage. Default 64. */
  readonly width?: number;
  /** `[height, width, channels]` of an image. Default `[32, 32, 3]`. */
  readonly inputShape?: readonly [number, number, number];
  /** Default 10. */
  readonly classes?: number;
  /** Batch norm and ReLU after the first convolution, as in `passalis/probabilistic_kt`. Default false. */
  readonly normalizedStem?: boolean;
}

/**
 * A pre-activation residual network for small images: 3×3 convolution, stages of residual blocks, the mean over the
 * image, a dense layer.
 *
 * @see `PreActResNet` of the PyTorch code `kuangliu/pytorch-cifar`, whose names and order of parameters it keeps.
 */
export function resnet(options: ResnetOptions): LayeredModel {
  checkOptions('resnet', options, {
    name: 'string',
    block: 'block',
    blocks: 'numbers',
    width: true,
    inputShape: true,
    classes: true,
    normalizedStem: true,
  });
  const { name, block, blocks, width = 64, inputShape = [32, 32, 3] } = options;
  const { classes = 10, normalizedStem = false } = options;
  const channelsOf = (stage: number) => (stage < 0 ? width : width * 2 ** stage * block.expansion);
  const stages = blocks.map((count, stage) =>
    sequential({
      name: `layer${stage + 1}`,
      layers: Array.from({ length: count }, (_, i) =>
        block.make({
          name: String(i),
          inputs: channelsOf(i === 0 ? stage - 1 : stage),
          channels: width * 2 ** stage,
          strides: i === 0 && stage > 0 ? 2 : 1,
        }),
      ),
    }),
  );
  const stem: Layer[] = [
    conv2d({
      name: 'conv1',
      inputs: inputShape[2],
      outputs: width,
      kernelSize: 3,
      padding: 1,
      useBias: false,
    }),
    ...(normalizedStem ? [batchNorm({ name: 'bn1', channels: width }), relu()] : []),
  ];
  const features = channelsOf(blocks.length - 1);
  return model({
    name,
    inputShape,
    classes,
    layers: [
      ...stem,
      ...stages,
      globalAveragePool(),
      dense({ name: 'linear', inputs: features, outputs: classes }),
    ],
  });
}
