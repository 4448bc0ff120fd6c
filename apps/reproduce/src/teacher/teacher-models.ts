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

/** The models that a teacher of a data set may be; the first is the default. */
const teacherModels = {
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
} as const satisfies Readonly<Record<string, Readonly<Record<string, () => Model>>>>;

export type TeacherDataset = keyof typeof teacherModels;

export const teacherDatasets = Object.keys(teacherModels) as TeacherDataset[];

/** The names of a data set's teachers, the default first. */
export const teacherModelNames = (dataset: TeacherDataset): string[] => Object.keys(teacherModels[dataset]);

/** A teacher's model; undefined for an unknown name. */
export const teacherModel = (dataset: TeacherDataset, name: string): Model | undefined => {
  const models: Readonly<Record<string, () => Model>> = teacherModels[dataset];
  return Object.hasOwn(models, name) ? models[name]?.() : undefined;
};
