import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';

type Layer = ReturnType<typeof layers.dense>;
type Given = { readonly inputShape: number[] };

/** A layer between two that train, to logits: so that its cotangents count, of its weights and of its input. */
const between = (shape: number[], ...middle: ((given: Given) => Layer | object)[]): LayersModel => {
  const first = layers.dense({ units: shape.at(-1)!, inputShape: shape, name: 'first' });
  const net = sequential({ layers: [first] });
  for (const make of middle) net.add(make({ inputShape: shape }) as Layer);
  if (net.outputs[0]!.shape.length > 2) net.add(layers.flatten());
  net.add(layers.dense({ units: 3, name: 'last' }));
  return net;
};

/** A functional model of one input, from dense(x) to logits. */
const functional = (shape: number[], body: (x: SymbolicTensor) => SymbolicTensor): LayersModel => {
  const x = input({ shape });
  const y = body(layers.dense({ units: shape.at(-1)! }).apply(x) as SymbolicTensor);
  const rows = y.shape.length > 2 ? (layers.flatten().apply(y) as SymbolicTensor) : y;
  return model({ inputs: x, outputs: layers.dense({ units: 3 }).apply(rows) as SymbolicTensor });
};

const image = [5, 6, 2];
const merged =
  (make: () => Layer | object, other: 'gate' | 'image' = 'image') =>
  () =>
    functional([4, 4, 2], (x) => {
      // A gate has one value per channel.
      const kernelSize = other === 'gate' ? 4 : 1;
      const second = layers.conv2d({ filters: 2, kernelSize }).apply(x) as SymbolicTensor;
      return (make() as Layer).apply([x, second, x]) as SymbolicTensor;
    });

/** A batch norm over an axis, applied to two inputs of different statistics. */
const normalizedTwice = (axis: number) => () =>
  functional(image, (x) => {
    const norm = layers.batchNormalization({ axis, momentum: 0.5 });
    const moved = layers.rescaling({ scale: 2, offset: 10 }).apply(x);
    return layers.add().apply([norm.apply(x), norm.apply(moved)] as SymbolicTensor[]) as SymbolicTensor;
  });

const embedded = () =>
  sequential({
    layers: [
      layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  });

/** Models of layers that are compiled, by what each shows. */
export const compiledModels: Readonly<Record<string, () => LayersModel>> = {
  dense: () => between([4], () => layers.dense({ units: 5, activation: 'relu' })),
  'dense without bias, on images': () => between(image, () => layers.dense({ units: 5, useBias: false })),
  conv2d: () => between(image, () => layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu' })),
  'conv2d, same, strides': () =>
    between(image, () =>
      layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
    ),
  'conv2d, uneven': () =>
    between(image, () =>
      layers.conv2d({
        filters: 3,
        kernelSize: [2, 3],
        strides: [1, 2],
        padding: 'same',
        activation: 'swish',
      }),
    ),
  'conv2d, dilated': () =>
    between(image, () => layers.conv2d({ filters: 3, kernelSize: 2, dilationRate: [2, 3] })),
  conv1d: () =>
    between([6, 2], () =>
      layers.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }),
    ),
  'conv1d, dilated': () =>
    between([6, 2], () => layers.conv1d({ filters: 3, kernelSize: 2, dilationRate: 3 })),
  conv2dTranspose: () =>
    between(image, () =>
      layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, activation: 'tanh' }),
    ),
  'conv2dTranspose, same': () =>
    between(image, () =>
      layers.conv2dTranspose({ filters: 3, kernelSize: [3, 2], strides: 2, padding: 'same' }),
    ),
  depthwiseConv2d: () =>
    between(image, () =>
      layers.depthwiseConv2d({
        kernelSize: [3, 2],
        depthMultiplier: 2,
        strides: 2,
        padding: 'same',
      } as never),
    ),
  'depthwiseConv2d, activation': () =>
    between(image, () => layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu6', useBias: false })),
  separableConv2d: () =>
    between(image, () =>
      layers.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2, activation: 'selu' }),
    ),
  'separableConv2d, dilated': () =>
    between(image, () =>
      layers.separableConv2d({ filters: 3, kernelSize: 2, dilationRate: 2, useBias: false }),
    ),
  ...Object.fromEntries(
    (
      [
        'elu',
        'gelu',
        'gelu_new',
        'hardSigmoid',
        'logSoftmax',
        'mish',
        'relu6',
        'selu',
        'sigmoid',
        'softmax',
        'softplus',
        'softsign',
        'swish',
        'tanh',
      ] as const
    ).map((activation) => [
      `activation ${activation}`,
      () => between([3, 4], () => layers.activation({ activation: activation as 'elu' })),
    ]),
  ),
  'reLU to 0.5': () => between([4], () => layers.reLU({ maxValue: 0.5 })),
  elu: () => between([4], () => layers.elu()),
  leakyReLU: () => between([4], () => layers.leakyReLU({ alpha: 0.2 })),
  thresholdedReLU: () => between([4], () => layers.thresholdedReLU({ theta: 0.2 })),
  prelu: () => between(image, () => layers.prelu({ sharedAxes: [1, 2] })),
  'prelu of each value': () => between(image, () => layers.prelu()),
  softmax: () => between([4], () => layers.softmax()),
  'batchNormalization of images': () => between(image, () => layers.batchNormalization()),
  'batchNormalization of rows': () =>
    between([4], () => layers.batchNormalization({ momentum: 0.7, epsilon: 1e-2, axis: 1 })),
  'batch norm, ReLU and pooling': () =>
    between(
      image,
      () => layers.batchNormalization(),
      () => layers.reLU(),
      () => layers.maxPooling2d({ poolSize: 2 }),
    ),
  maxPooling2d: () => between(image, () => layers.maxPooling2d({ poolSize: 2 })),
  'maxPooling2d, overlapping, same': () =>
    between(image, () => layers.maxPooling2d({ poolSize: [3, 2], strides: [1, 2], padding: 'same' })),
  averagePooling2d: () => between(image, () => layers.averagePooling2d({ poolSize: [2, 3] })),
  maxPooling1d: () => between([6, 2], () => layers.maxPooling1d({ poolSize: 3, strides: 2 })),
  averagePooling1d: () => between([6, 2], () => layers.averagePooling1d({ poolSize: 2, padding: 'same' })),
  maxPooling3d: () => between([2, 4, 4, 2], () => layers.maxPooling3d({ poolSize: 2 } as never)),
  averagePooling3d: () => between([2, 4, 4, 2], () => layers.averagePooling3d({ poolSize: 2 } as never)),
  globalAveragePooling1d: () => between([6, 2], () => layers.globalAveragePooling1d()),
  globalMaxPooling1d: () => between([6, 2], () => layers.globalMaxPooling1d()),
  globalMaxPooling2d: () => between(image, () => layers.globalMaxPooling2d({})),
  layerNormalization: () => between(image, () => layers.layerNormalization()),
  'layerNormalization of two axes': () =>
    between(image, () => layers.layerNormalization({ axis: [2, 3], epsilon: 1e-2 })),
  embedding: () => embedded(),
  'embedding, frozen': () => {
    const net = embedded();
    net.layers[0]!.trainable = false;
    return net;
  },
  globalAveragePooling2d: () => between(image, () => layers.globalAveragePooling2d({})),
  'activation, flatten': () =>
    between(
      image,
      () => layers.activation({ activation: 'relu' }),
      () => layers.activation({ activation: 'linear' }),
      () => layers.flatten(),
    ),
  cropping2D: () =>
    between(image, () =>
      layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 2],
        ],
      }),
    ),
  zeroPadding2d: () =>
    between(image, () =>
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 1],
        ],
      }),
    ),
  upSampling2d: () => between(image, () => layers.upSampling2d({ size: [2, 3] })),
  'upSampling2d, bilinear': () =>
    between(image, () => layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })),
  'permute, reshape': () =>
    between(
      image,
      () => layers.permute({ dims: [3, 1, 2] }),
      () => layers.reshape({ targetShape: [10, 6] }),
      () => layers.dense({ units: 2 }),
    ),
  'reshape to an open size': () =>
    between(
      image,
      () => layers.reshape({ targetShape: [-1, 6] }),
      () => layers.dense({ units: 2 }),
      () => layers.globalAveragePooling1d(),
    ),
  repeatVector: () =>
    between(
      [4],
      () => layers.repeatVector({ n: 3 }),
      () => layers.dense({ units: 2 }),
    ),
  rescaling: () => between([4], () => layers.rescaling({ scale: 0.5, offset: -1 })),
  'squeeze and excite': () =>
    functional(image, (x) => {
      const mean = layers.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
      const gate = layers.dense({ units: 2, activation: 'sigmoid' }).apply(mean) as SymbolicTensor;
      const shaped = layers.reshape({ targetShape: [1, 1, 2] }).apply(gate) as SymbolicTensor;
      return layers.multiply().apply([x, shaped]) as SymbolicTensor;
    }),
  dropout: () => between(image, () => layers.dropout({ rate: 0.4, seed: 3 })),
  'dropout with a noise shape': () =>
    between(image, () => layers.dropout({ rate: 0.4, seed: 3, noiseShape: [null as never, 1, 1, 2] })),
  spatialDropout1d: () => between([4, 3], () => layers.spatialDropout1d({ rate: 0.4, seed: 3 })),
  add: merged(() => layers.add()),
  'add, broadcast': merged(() => layers.add(), 'gate'),
  average: merged(() => layers.average()),
  multiply: merged(() => layers.multiply()),
  maximum: merged(() => layers.maximum()),
  minimum: merged(() => layers.minimum()),
  concatenate: merged(() => layers.concatenate()),
  'concatenate, axis': merged(() => layers.concatenate({ axis: 1 })),
  'concatenate, negative axis': merged(() => layers.concatenate({ axis: -2 })),
  'a shared batch norm': normalizedTwice(3),
  'a shared layer': () =>
    functional([4], (x) => {
      const shared = layers.dense({ units: 4, activation: 'relu' });
      const norm = layers.batchNormalization();
      const twice = shared.apply(norm.apply(shared.apply(norm.apply(x))));
      return layers.add().apply([twice as SymbolicTensor, x]) as SymbolicTensor;
    }),
  'models within the model, one of them twice': () =>
    functional([4], (x) => {
      const inner = functional([4], (z) => layers.reLU().apply(z) as SymbolicTensor);
      const outer = sequential({ layers: [inner, layers.dense({ units: 4 })] });
      return layers
        .add()
        .apply([outer.apply(x), outer.apply(outer.apply(x))] as SymbolicTensor[]) as SymbolicTensor;
    }),
  'frozen layers': () => {
    const net = between(
      image,
      () => layers.conv2d({ filters: 3, kernelSize: 3, trainable: false }),
      () => layers.batchNormalization({ trainable: false }),
      () => layers.dense({ units: 3, trainable: false }),
    );
    return net;
  },
};

/** Models that tfjs-layers predicts with and cannot train: its gradients of these normalisations need both weights. */
export const trainedHereAlone: Readonly<Record<string, () => LayersModel>> = {
  'layerNormalization without scale': () =>
    between([4], () => layers.layerNormalization({ scale: false, center: false })),
  'batchNormalization without scale': () => between([4], () => layers.batchNormalization({ scale: false })),
  'batchNormalization without offset, pooled': () =>
    between(
      image,
      () => layers.batchNormalization({ center: false }),
      () => layers.reLU(),
      () => layers.maxPooling2d({ poolSize: 2 }),
    ),
};

/** Models whose gradients TensorFlow.js has wrong on cpu; the kernels of `@metadistill/backend` have them right on wasm. */
export const wrongOnCpu: readonly string[] = ['upSampling2d', 'upSampling2d, bilinear'];

/** Models whose slopes are exact and whose values are not: `tf.erf` is a polynomial, right to 1.5e-7. */
export const approximate: readonly string[] = ['activation gelu'];

/** Models of layers that TensorFlow.js runs, alone or beside compiled ones. */
export const foreignModels: Readonly<Record<string, () => LayersModel>> = {
  lstm: () =>
    between([4, 3], () =>
      layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform', returnSequences: true }),
    ),
  'an lstm that reads a mask': () => {
    const net = sequential();
    net.add(layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, maskZero: true }));
    net.add(layers.dropout({ rate: 0.3, seed: 2 }));
    net.add(layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }));
    net.add(layers.dense({ units: 4, activation: 'relu' }));
    net.add(layers.dense({ units: 3 }));
    return net;
  },
  'a mask that two read': () => {
    const x = input({ shape: [4] });
    const embedded = layers
      .embedding({ inputDim: 5, outputDim: 3, maskZero: true })
      .apply(x) as SymbolicTensor;
    const read = layers.simpleRNN({ units: 4, recurrentInitializer: 'glorotUniform' }).apply(embedded);
    const pooled = layers.dense({ units: 4 }).apply(layers.flatten().apply(embedded));
    const y = layers.concatenate().apply([read, pooled] as SymbolicTensor[]);
    return model({ inputs: x, outputs: layers.dense({ units: 3 }).apply(y) as SymbolicTensor });
  },
  'a mask that a convolution ends': () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, maskZero: true }),
        layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same' }),
        layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 3 }),
      ],
    }),
  'a branch with a mask and one without': () => {
    const x = input({ shape: [4] });
    const [unmasked, masked] = [false, true].map((maskZero) => {
      const embedded = layers.embedding({ inputDim: 5, outputDim: 3, maskZero }).apply(x);
      return layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }).apply(embedded);
    });
    const y = layers.concatenate().apply([unmasked, masked] as SymbolicTensor[]);
    return model({ inputs: x, outputs: layers.dense({ units: 3 }).apply(y) as SymbolicTensor });
  },
  'a shared batch norm over another axis': normalizedTwice(1),
  'several outputs of a layer': () =>
    functional([4, 3], (x) => {
      const options = { units: 3, recurrentInitializer: 'glorotUniform' } as const;
      const [, h, c] = layers.lstm({ ...options, returnState: true }).apply(x) as SymbolicTensor[];
      return layers.lstm(options).apply(x, { initialState: [h, c] } as never) as SymbolicTensor;
    }),
  'a mask that a compiled layer reads': () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4, maskZero: true }),
        layers.flatten(),
        layers.dense({ units: 3 }),
      ],
    }),
  'time distributed': () =>
    between([4, 3], () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) })),
};
