import type { Scenario } from '../scenario.js';
import { ambiguousClasses } from './ambiguous-classes.js';
import { confusedClasses } from './confused-classes.js';
import { ownTeachers } from './own-teachers.js';
import { randomLabels } from './random-labels.js';
import { threeSpecialists } from './three-specialists.js';

/** In the order in which they are computed and reported. */
export const scenarios: readonly Scenario[] = [
  threeSpecialists,
  confusedClasses,
  randomLabels,
  ownTeachers,
  ambiguousClasses,
];
