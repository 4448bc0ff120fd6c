import { imageExperiment } from './image-experiment.js';

/** The authors'. */
const teacherLogits = 'cifar10-resnet18.npy';

const load = async () => {
  const [
    { cifarVeryTiny: student },
    { cifar10Source: source, checkCifar10Source: check, cifar10Fingerprints: fingerprints },
  ] = await Promise.all([import('@metadistill/models'), import('./images/cifar10-source.js')]);
  return { student, source, check, fingerprints };
};

/** The paper's experiment on the first 12,800 images of CIFAR-10. */
export const cifar10Small = imageExperiment({
  name: 'cifar10-small',
  description: "a small convolutional student of the authors' ResNet-18 on 12,800 images of CIFAR-10",
  settings: { epochs: 50, metaLearningRate: 0.25, trainingImages: 12_800, testImages: 10_000, teacherLogits },
  load,
});

/** The paper's experiment on all of CIFAR-10, where the authors augmented the images of the gradient methods alone. */
export const cifar10 = imageExperiment({
  name: 'cifar10',
  description: "a small convolutional student of the authors' ResNet-18 on CIFAR-10",
  settings: { epochs: 100, metaLearningRate: 0.1, trainingImages: 50_000, testImages: 10_000, teacherLogits },
  published: { augment: 'gradient' },
  load,
});
