import { test } from 'vitest';
import { type Dimension, grid, successiveHalving, tpe } from '../src/index.js';

// Nothing here runs: the type check of the package holds that these do not compile.

test('what a search needs cannot be left out or misspelt', () => {
  // @ts-expect-error: no points.
  void (() => grid({}));
  // @ts-expect-error: no maximum.
  void (() => successiveHalving({ resource: 'epochs', minimum: 1 }));
  // @ts-expect-error: a misspelt option.
  void (() => tpe({ startUpTrials: 5 }));
  // @ts-expect-error: no upper end.
  void ({ name: 'temperature', low: 1 } satisfies Dimension);
  // @ts-expect-error: a scale that does not exist.
  void ({ name: 'temperature', low: 1, high: 2, scale: 'ln' } satisfies Dimension);
});
