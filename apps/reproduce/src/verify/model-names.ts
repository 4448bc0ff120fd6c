/** The models whose hypergradients `verify` checks. */
export const verifyModelNames = [
  'cifar-very-tiny',
  'cifar-tiny',
  'fashion-mnist-net',
  'logistic-regression',
] as const;

export type VerifyModelName = (typeof verifyModelNames)[number];
