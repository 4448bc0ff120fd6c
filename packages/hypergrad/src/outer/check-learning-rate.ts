import { positive } from '../check-number.js';

/** The learning rate of an outer optimizer. @throws RangeError if it is not a positive number. */
export const checkLearningRate = (optimizer: string, learningRate: number): number =>
  positive(
    optimizer,
    'learningRate',
    learningRate,
    '0.05 is a good start; it counts in the coordinates of the space.',
  );
