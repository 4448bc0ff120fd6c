import type { StudyPart } from '../study.js';
import { closedLoop } from './closed-loop.js';
import { equalCost, predicting, references } from './contenders.js';
import { openLoop } from './open-loop.js';
import { studySettings } from './plain-problem.js';
import { predictors } from './predictors.js';

/** Data sets drawn anew, on which contenders of equal cost are compared beside the paper's. */
const redrawnDataSets = 20;

/** Open loop, closed loop on the paper's data set, and closed loop on data sets drawn anew. */
export function parts(starts: number): StudyPart[] {
  const { seed } = studySettings;
  const equal = Object.values(equalCost).flat();
  const redrawn = Array.from({ length: redrawnDataSets }, (_, i) => seed + 1 + i);
  const startsOfEach = Math.max(1, Math.round(starts / redrawnDataSets));
  return [
    ...Object.keys(predictors).map((name) => openLoop(name, starts)),
    ...[...references, ...equal, ...predicting].map((each) =>
      closedLoop('closed-loop', each, [seed], starts),
    ),
    ...[references[0], ...equal].map((each) => closedLoop('redrawn', each, redrawn, startsOfEach)),
  ];
}
