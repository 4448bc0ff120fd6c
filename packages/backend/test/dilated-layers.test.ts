import { ones, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from './describe-backends.js';
import { expectWithin } from './expect-within.js';
import { randomValues } from './random-values.js';

type Layer = InstanceType<typeof layers.Layer>;

interface Case {
  readonly name: string;
  readonly make: (kernelSize: number, dilationRate: number) => Layer;
  /** Of an input without its batch. */
  readonly inputShape: readonly number[];
  /** Spatial axes of the layer's first weight. */
  readonly axes: number;
}

const image = [9, 8, 2];
const cases: readonly Case[] = [
  ...(['linear', 'relu', 'tanh'] as const).map((activation) => ({
    name: `conv2d, ${activation}`,
    make: (kernelSize: number, dilationRate: number) =>
      layers.conv2d({ filters: 3, kernelSize, dilationRate, activation, inputShape: image }),
    inputShape: image,
    axes: 2,
  })),
  {
    name: 'conv1d',
    make: (kernelSize, dilationRate) =>
      layers.conv1d({ filters: 3, kernelSize, dilationRate, padding: 'same', inputShape: [9, 2] }),
    inputShape: [9, 2],
    axes: 1,
  },
  {
    name: 'separableConv2d',
    make: (kernelSize, dilationRate) =>
      layers.separableConv2d({
        filters: 3,
        kernelSize,
        dilationRate,
        depthMultiplier: 2,
        inputShape: image,
      }),
    inputShape: image,
    axes: 2,
  },
];

/** Where each value of a kernel lies in the kernel of an undilated layer that computes the same. */
function tapsOf(shape: readonly number[], axes: number, dilation: number): number[] {
  const spread = shape.map((size, axis) => (axis < axes ? (size - 1) * dilation + 1 : size));
  return Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += step * (rest % shape[axis]!) * (axis < axes ? dilation : 1);
      step *= spread[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return at;
  });
}

/** All weights after one step of stock `fit`, from given ones. */
async function fitOneStep(layer: Layer, weights: readonly Float32Array[], inputShape: readonly number[]) {
  const model = sequential({ layers: [layer, layers.flatten(), layers.dense({ units: 1 })] });
  const shapes = model.getWeights().map(({ shape }) => shape);
  model.setWeights(shapes.map((shape, i) => tensor(weights[i] as Float32Array, shape)));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const shape = [4, ...inputShape];
  const x = tensor(
    randomValues(
      shape.reduce((a, b) => a * b),
      1,
    ),
    shape,
  );
  await model.fit(x, ones([4, 1]), { batchSize: 4, epochs: 1, verbose: 0 });
  return model.getWeights().map((weight: Tensor) => weight.dataSync() as Float32Array);
}

const tests = () => {
  it.each(cases)(
    '$name takes the step of an undilated layer with zeros between its taps',
    async (layerCase) => {
      const { make, inputShape, axes } = layerCase;
      const model = sequential({ layers: [make(3, 2), layers.flatten(), layers.dense({ units: 1 })] });
      const shapes = model.getWeights().map(({ shape }) => shape as number[]);
      const given = shapes.map((shape, i) =>
        randomValues(
          shape.reduce((a, b) => a * b),
          i + 2,
        ),
      );
      const taps = tapsOf(shapes[0] as number[], axes, 2);
      const spread = new Float32Array((given[0]!.length * 5 ** axes) / 3 ** axes);
      taps.forEach((at, i) => {
        spread[at] = given[0]![i]!;
      });
      const dilated = await fitOneStep(make(3, 2), given, inputShape);
      const undilated = await fitOneStep(make(5, 1), [spread, ...given.slice(1)], inputShape);
      const expected = [Float32Array.from(taps, (at) => undilated[0]![at]!), ...undilated.slice(1)];
      expect(dilated[0]).not.toEqual(given[0]);
      // Sums of the same terms in another order.
      for (const [i, got] of dilated.entries()) {
        expectWithin(1e-4, got, expected[i]!, new Float64Array(got.length).fill(1));
      }
    },
  );
};

describeEachBuild('stock fit of dilated layers', tests);
describeCpu('stock fit of dilated layers', tests);
