import { adam, type InnerOptimizer, momentum, sgd } from '@metadistill/hypergrad';

/**
 * What is in front of the divergence in the training loss: nothing, T², or the factor that makes its gradient as long as
 * that of the labels. `labels` is the loss of the labels alone.
 */
export type LossScale = 'labels' | 'none' | 'squared' | 'matched';

/** How students are trained. */
export interface StudyOptimizer {
  readonly name: string;
  readonly make: () => InnerOptimizer;
  /** At the start; it falls to 0 along half a cosine. By the scale of the loss, on which Adam's does not depend. */
  readonly learningRates: Readonly<Record<LossScale, number>>;
  /** The grid is trained from the first start alone, its three best on validation from all of them. */
  readonly racesGrid?: boolean;
}

/**
 * In the order in which they are computed. The rates of SGD and momentum are a compromise: a student without batch norm
 * (`tabular`) wants three times as much under T², and one with it (`cifar10-small`) a half.
 */
export const optimizers: readonly StudyOptimizer[] = [
  {
    name: 'adam',
    make: () => adam(),
    learningRates: { labels: 0.01, none: 0.01, squared: 0.01, matched: 0.01 },
  },
  {
    name: 'momentum',
    make: () => momentum({ momentum: 0.9 }),
    learningRates: { labels: 0.05, none: 0.05, squared: 0.01, matched: 0.05 },
    racesGrid: true,
  },
  {
    name: 'sgd',
    make: () => sgd(),
    learningRates: { labels: 0.3, none: 0.3, squared: 0.03, matched: 0.3 },
    racesGrid: true,
  },
];
