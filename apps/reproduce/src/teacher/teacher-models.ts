import {
  basicBlock,
  cifarTiny,
  cifarVeryTiny,
  fashionMnistCnn,
  fashionMnistNet,
  type Model,
  resnet,
  resnet18,
} from '@metadistill/models';
import type { TeacherDataset, TeacherName } from './teacher-names.js';

type Models = { readonly [Data in TeacherDataset]: Readonly<Record<TeacherName<Data>, () => Model>> };

const models: Models = {
  'fashion-mnist': {
    'fashion-mnist-cnn': fashionMnistCnn,
    'fashion-mnist-net': fashionMnistNet,
    resnet18: () =>
      resnet({ name: 'resnet18', block: basicBlock, blocks: [2, 2, 2, 2], inputShape: [28, 28, 1] }),
  },
  cifar10: {
    'cifar-tiny': cifarTiny,
    'cifar-very-tiny': cifarVeryTiny,
    resnet18: () => resnet18(),
  },
};

/** A teacher's model; undefined for an unknown name. */
export const teacherModel = (dataset: TeacherDataset, name: string): Model | undefined => {
  const known: Readonly<Record<string, () => Model>> = models[dataset];
  return Object.hasOwn(known, name) ? known[name]?.() : undefined;
};
