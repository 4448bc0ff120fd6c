import {
  activation,
  batchNorm,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  type LayeredModel,
  model,
} from '@metadistill/models';

/** Channels and strides of depthwise separable blocks. */
const blocks = [
  [32, 1],
  [64, 2],
  [64, 1],
  [128, 2],
  [128, 1],
] as const;

/**
 * Depthwise separable blocks as in MobileNet, `[batch, 32, 32, 3]` to `[batch, 10]`: 3×3 convolutions of each channel, then
 * 1×1 convolutions, each with batch norm and a ReLU that ends at 6.
 *
 * @see Howard et al., MobileNets (2017).
 */
export function mobileNet(): LayeredModel {
  const options = { padding: 1, useBias: false } as const;
  const normRelu = (name: string, channels: number) => [
    batchNorm({ name: `${name}.bn`, channels }),
    activation({ name: `${name}.relu`, kind: 'relu6' }),
  ];
  const body = blocks.flatMap(([outputs, strides], i) => {
    const inputs = blocks[i - 1]?.[0] ?? 16;
    const [depthwise, pointwise] = [`depthwise${i + 1}`, `pointwise${i + 1}`];
    return [
      depthwiseConv2d({ name: depthwise, inputs, kernelSize: 3, strides, ...options }),
      ...normRelu(depthwise, inputs),
      conv2d({ name: pointwise, inputs, outputs, kernelSize: 1, useBias: false }),
      ...normRelu(pointwise, outputs),
    ];
  });
  return model({
    name: 'mobile-net',
    inputShape: [32, 32, 3],
    classes: 10,
    layers: [
      conv2d({ name: 'stem', inputs: 3, outputs: 16, kernelSize: 3, ...options }),
      ...normRelu('stem', 16),
      ...body,
      globalAveragePool(),
      dense({ name: 'linear', inputs: 128, outputs: 10 }),
    ],
  });
}
