import { grid } from '../src/grid.js';
import { randomSearch } from '../src/random-search.js';
import { successiveHalving } from '../src/successive-halving.js';
import { tpe } from '../src/tpe.js';
import type { Search } from '../src/types.js';

/** Every search that the package exports. */
export const everySearch: Readonly<Record<string, () => Search>> = {
  grid: () => grid({ points: 3 }) as Search,
  randomSearch: randomSearch as () => Search,
  successiveHalving: () => successiveHalving({ resource: 'epochs', minimum: 1, maximum: 9 }) as Search,
  tpe: () => tpe({ startupTrials: 5 }) as Search,
};
