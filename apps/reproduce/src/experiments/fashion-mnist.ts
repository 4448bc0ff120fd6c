import type { Experiment, Protocol } from '../experiment.js';
import { commonConfig, type ImageConfig } from './images/config.js';
import { loggedName, methodOf } from './methods.js';

/** The methods of the image experiments, in the order of their table. */
const methods = ['none', 'naive', 'random', 'gradient', 'gradient-exact', 'trajectory-10x2'] as const;

const defaults = (_protocol: Protocol): ImageConfig => ({
  ...commonConfig,
  epochs: 50,
  metaLearningRate: 0.1,
  trainingImages: 60_000,
  testImages: 10_000,
});

/** The paper's Fashion-MNIST experiment: a small convolutional student, taught by a ResNet-18's cached logits. */
export const fashionMnist: Experiment<ImageConfig> = {
  name: 'fashion-mnist',
  description: "a small convolutional student of the authors' ResNet-18 on Fashion-MNIST",
  protocols: ['published'],
  methods,
  methodNames: [...methods, 'trajectory'],
  runs: 10,
  defaults,
  resolveMethod: (name) => {
    const method = methodOf(loggedName(name));
    return method && method.kind !== 'random-search' ? loggedName(name) : undefined;
  },
  async prepare() {
    const { loadFashionMnistSource } = await import('./images/fashion-mnist-source.js');
    await loadFashionMnistSource();
  },
  async execute(spec, context) {
    const [{ execute }, { loadFashionMnistSource }, { fashionMnistNet }] = await Promise.all([
      import('./images/execute.js'),
      import('./images/fashion-mnist-source.js'),
      import('@metadistill/models'),
    ]);
    await execute(spec, context, fashionMnistNet(), loadFashionMnistSource);
  },
};

/** A minute of the Fashion-MNIST experiment: few images, one epoch, the methods that matter most. */
export const smoke: Experiment<ImageConfig> = {
  ...fashionMnist,
  name: 'smoke',
  description: 'a minute of fashion-mnist: few images, one epoch',
  methods: ['none', 'naive', 'gradient', 'gradient-exact', 'trajectory-10x2'],
  runs: 1,
  defaults: (protocol) => ({ ...defaults(protocol), epochs: 1, trainingImages: 6400, testImages: 1000 }),
};
