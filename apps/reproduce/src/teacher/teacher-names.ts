/** What a teacher of each data set may be; the first is the default. */
export const teacherNames = {
  'fashion-mnist': ['fashion-mnist-cnn', 'fashion-mnist-net', 'resnet18'],
  cifar10: ['cifar-tiny', 'cifar-very-tiny', 'resnet18'],
} as const;

export type TeacherDataset = keyof typeof teacherNames;

export type TeacherName<Data extends TeacherDataset> = (typeof teacherNames)[Data][number];

export const teacherDatasets = Object.keys(teacherNames) as TeacherDataset[];
