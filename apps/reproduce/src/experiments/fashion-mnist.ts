import { imageExperiment } from './image-experiment.js';

/** The authors'. */
const teacherLogits = 'fashion-mnist-resnet18.npy';

const load = async () => {
  const [
    { fashionMnistNet: student },
    { fashionMnistSource: source, checkFashionMnistSource: check, fashionMnistFingerprints: fingerprints },
  ] = await Promise.all([import('@metadistill/models'), import('./images/fashion-mnist-source.js')]);
  return { student, source, check, fingerprints };
};

/** The paper's Fashion-MNIST experiment. */
export const fashionMnist = imageExperiment({
  name: 'fashion-mnist',
  description: "a small convolutional student of the authors' ResNet-18 on Fashion-MNIST",
  settings: { epochs: 50, metaLearningRate: 0.1, trainingImages: 60_000, testImages: 10_000, teacherLogits },
  load,
});
