import { expect, test } from 'vitest';
import { grid, randomSearch, successiveHalving, tpe } from '../src/index.js';

const named = {
  grid: grid({ points: 3 }),
  randomSearch: randomSearch(),
  successiveHalving: successiveHalving({ resource: 'epochs', minimum: 1, maximum: 9 }),
  tpe: tpe(),
};

test.each(Object.entries(named))('%s is called so, in errors too', (name, search) => {
  expect(search.name).toBe(name);
  expect(() => search.initialize([])).toThrow(`${name}: space is empty; expected at least one dimension.`);
});
