import { grid } from '../src/grid.js';
import { randomSearch } from '../src/random-search.js';
import { successiveHalving } from '../src/successive-halving.js';
import { tpe } from '../src/tpe.js';
import type { Search } from '../src/types.js';

const unknown = { bogus: 1 } as object;
const halving = { resource: 'epochs', minimum: 1, maximum: 9 };

/** Every search that the package exports; with a key that does not exist, for those that take options. */
export const everySearch: Readonly<
  Record<string, { readonly make: () => Search; readonly misspelt?: () => Search }>
> = {
  grid: {
    make: () => grid({ points: 3 }) as Search,
    misspelt: () => grid({ points: 3, ...unknown }) as Search,
  },
  randomSearch: { make: randomSearch as () => Search },
  successiveHalving: {
    make: () => successiveHalving(halving) as Search,
    misspelt: () => successiveHalving({ ...halving, ...unknown }) as Search,
  },
  tpe: {
    make: () => tpe({ startupTrials: 5 }) as Search,
    misspelt: () => tpe(unknown) as Search,
  },
};
