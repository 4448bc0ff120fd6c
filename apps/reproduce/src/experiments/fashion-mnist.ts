import type { Experiment } from '../runs/experiment.js';
import { imageExperiment } from './image-experiment.js';
import type { ImageConfig } from './images/config.js';

/** The authors'. */
const teacherLogits = 'fashion-mnist-resnet18.npy';

const load = async () => {
  const [{ fashionMnistNet: student }, { fashionMnistSource: source, checkFashionMnistSource: check }] =
    await Promise.all([import('@metadistill/models'), import('./images/fashion-mnist-source.js')]);
  return { student, source, check };
};

/** The paper's Fashion-MNIST experiment. */
export const fashionMnist = imageExperiment({
  name: 'fashion-mnist',
  description: "a small convolutional student of the authors' ResNet-18 on Fashion-MNIST",
  settings: { epochs: 50, metaLearningRate: 0.1, trainingImages: 60_000, testImages: 10_000, teacherLogits },
  load,
});

/** Half a minute of it: few images, one epoch, the methods that matter most. */
export const smoke: Experiment<ImageConfig> = {
  ...imageExperiment({
    name: 'smoke',
    description: 'half a minute of fashion-mnist: few images, one epoch',
    settings: { epochs: 1, metaLearningRate: 0.1, trainingImages: 6400, testImages: 1000, teacherLogits },
    load,
  }),
  methods: ['none', 'naive', 'gradient', 'gradient-exact', 'trajectory-10x2'],
  protocols: ['published'],
  runs: 1,
};
