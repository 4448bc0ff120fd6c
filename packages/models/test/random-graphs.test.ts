import { selectBackend } from '@metadistill/backend';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { fromLayersModel } from '../src/index.js';
import { weightsAt } from './expect-derivatives.js';
import { expectModelDerivatives } from './expect-model-derivatives.js';
import { expectSamePasses } from './expect-same-passes.js';
import { scatteredTensor } from './values.js';

type Layer = ReturnType<typeof layers.dense>;
const on = (layer: object, ...inputs: SymbolicTensor[]): SymbolicTensor =>
  (layer as Layer).apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor;

const image = [4, 4, 2];
const same = { filters: 2, kernelSize: 3, padding: 'same' } as const;
const freshInner = () => {
  const x = input({ shape: image });
  return model({ inputs: x, outputs: on(layers.reLU(), on(layers.batchNormalization(), x)) });
};

/** What makes an image of images: of one, of two, or a layer that may be applied again. */
const unary: Readonly<Record<string, () => object>> = {
  conv2d: () => layers.conv2d({ ...same, activation: 'tanh' }),
  depthwise: () => layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
  separable: () => layers.separableConv2d({ ...same, useBias: false }),
  batchNorm: () => layers.batchNormalization(),
  layerNorm: () => layers.layerNormalization(),
  relu: () => layers.reLU(),
  swish: () => layers.activation({ activation: 'swish' }),
  dense: () => layers.dense({ units: 2 }),
  frozen: () => layers.conv2d({ ...same, trainable: false }),
  dropout: () => layers.dropout({ rate: 0.3, seed: 5 }),
  pool: () => layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }),
  inner: freshInner,
};
const binary: Readonly<Record<string, () => object>> = {
  add: () => layers.add(),
  average: () => layers.average(),
  multiply: () => layers.multiply(),
  maximum: () => layers.maximum(),
};

interface Choice {
  readonly kind: string;
  /** Which of the images so far are read. */
  readonly reads: readonly [number, number];
  /** Applies the layer of an earlier choice of the kind again. */
  readonly shares: boolean;
}

const choices = fc.array(
  fc.record<Choice>({
    kind: fc.constantFrom(...Object.keys(unary), ...Object.keys(binary)),
    reads: fc.tuple(fc.nat(), fc.nat()),
    shares: fc.boolean(),
  }),
  { minLength: 2, maxLength: 9 },
);

/** A graph of which every image is read: by later layers, or by the sum at the end. */
function graphOf(drawn: readonly Choice[]): LayersModel {
  const x = input({ shape: image });
  const images = [x, on(layers.dense({ units: 2 }), x)];
  const made = new Map<string, object>();
  for (const { kind, reads, shares } of drawn) {
    const first = reads[0] % images.length;
    // tfjs-layers disposes of an image too soon if one layer reads it twice.
    const second = (first + 1 + (reads[1] % (images.length - 1))) % images.length;
    const fresh = (unary[kind] ?? binary[kind])!;
    const layer = (shares && made.get(kind)) || fresh();
    made.set(kind, layer);
    images.push(unary[kind] ? on(layer, images[first]!) : on(layer, images[first]!, images[second]!));
  }
  const together = on(layers.concatenate(), ...images);
  return model({
    inputs: x,
    outputs: on(layers.dense({ units: 3 }), on(layers.globalAveragePooling2d({}), together)),
  });
}

// It mends the gradient of average pooling with padding, which tfjs-layers is compared by.
beforeAll(() => selectBackend({ prefer: 'cpu' }));

test('random graphs of known layers compute what tfjs-layers computes, with exact derivatives of all orders', async () => {
  await fc.assert(
    fc.asyncProperty(choices, async (drawn) => {
      const layersModel = graphOf(drawn);
      expectSamePasses(layersModel);
      const compiled = fromLayersModel(layersModel);
      expect(compiled.compilation.filter(({ by }) => by !== 'rules')).toEqual([]);
      const inputsOf = () => scatteredTensor([3, ...image], 1);
      await expectModelDerivatives(compiled, () => weightsAt(compiled), 'training', inputsOf);
    }),
    { numRuns: 15 },
  );
});
