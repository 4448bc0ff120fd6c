import type { LogitLoss } from '../types.js';

type Needs = Pick<LogitLoss, 'needsTeacher' | 'needsTeachers'>;

/** What a combination of losses reads of teachers: all that its parts read. */
export function teachersNeeded(losses: readonly Needs[]): Needs {
  const most = Math.max(...losses.map(({ needsTeachers = 0 }) => needsTeachers));
  return {
    ...(losses.some(({ needsTeacher }) => needsTeacher) && { needsTeacher: true }),
    ...(most > 0 && { needsTeachers: most }),
  };
}
