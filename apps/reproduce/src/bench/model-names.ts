/** The models of `bench`, the fastest first. */
export const benchModelNames = [
  'cifar-very-tiny',
  'fashion-mnist-net',
  'cifar-tiny',
  'mobile-net',
  'resnet20',
  'resnet18',
] as const;

export type BenchModelName = (typeof benchModelNames)[number];
