/** The models of `bench`, the fastest first. */
export const benchModelNames = ['cifar-very-tiny', 'fashion-mnist-net', 'cifar-tiny', 'resnet18'] as const;

export type BenchModelName = (typeof benchModelNames)[number];
