import {
  flipAndCrop,
  holdOutLast,
  publishedCifar10Normalization,
  publishedFashionMnistNormalization,
  sliceExamples,
  sliceTeacherLogits,
} from '@metadistill/datasets';
import { loadCifar10, loadFashionMnist } from '@metadistill/datasets/node';
import { cifarVeryTiny, fashionMnistNet, type Model } from '@metadistill/models';
import type { ImageSource } from '../../../experiments/images/data.js';
import { sourceOf } from '../../../experiments/images/source-of.js';
import { once } from '../../once.js';
import type { Task } from './task.js';

/** What tasks on images have in common. */
const common = { epochs: 20, batchSize: 128, validationFraction: 0.1 };

interface ImageTaskOptions {
  readonly name: string;
  readonly description: string;
  readonly student: () => Model;
  readonly source: (teacherLogits: string) => Promise<ImageSource>;
  /** A file of the data folder's `teacher-logits`. */
  readonly teacherLogits: string;
  /** Images at the front of the training file that are used. */
  readonly trainingImages: number;
  readonly augmented?: boolean;
}

const imageTask = ({
  name,
  description,
  student,
  source,
  teacherLogits,
  trainingImages,
  augmented = false,
}: ImageTaskOptions): Task => ({
  name,
  description,
  settings: { ...common, trainingImages, teacherLogits, augmented },
  async load() {
    const { train, test, normalization, teacherLogits: logits } = await source(teacherLogits);
    const split = holdOutLast(sliceExamples(train, 0, trainingImages), common.validationFraction);
    const trained = split.train.labels.length;
    return {
      student,
      training: { dataset: split.train, teacherLogits: sliceTeacherLogits(logits, 0, trained) },
      validation: {
        dataset: split.validation,
        teacherLogits: sliceTeacherLogits(logits, trained, trainingImages),
      },
      test,
      normalization,
      ...(augmented && { augment: flipAndCrop() }),
    };
  },
});

const fashionMnist = sourceOf(once(loadFashionMnist), publishedFashionMnistNormalization);
const cifar10 = sourceOf(once(loadCifar10), publishedCifar10Normalization);

const cifar10Small = {
  student: cifarVeryTiny,
  source: cifar10,
  teacherLogits: 'cifar10-resnet18.npy',
  trainingImages: 12_800,
};

/** The paper's data sets with its students, cut to a size that a grid of constants can be trained on. */
export const imageTasks: readonly Task[] = [
  imageTask({
    name: 'fashion-mnist-10k',
    description: "`fashionMnistNet` on 10,000 images of Fashion-MNIST, the authors' ResNet-18 as teacher",
    student: fashionMnistNet,
    source: fashionMnist,
    teacherLogits: 'fashion-mnist-resnet18.npy',
    trainingImages: 10_000,
  }),
  imageTask({
    ...cifar10Small,
    name: 'cifar10-small',
    description: "`cifarVeryTiny` on 12,800 images of CIFAR-10, the authors' ResNet-18 as teacher",
  }),
  imageTask({
    ...cifar10Small,
    name: 'cifar10-small-cnn',
    description: "the same with the authors' convolutional teacher, which is right on 79 % of the images",
    teacherLogits: 'cifar10-cnn.npy',
  }),
  imageTask({
    ...cifar10Small,
    name: 'cifar10-small-augmented',
    description:
      'the same as `cifar10-small`, with flips and crops; the logits stay those of the images as they are',
    augmented: true,
  }),
];
