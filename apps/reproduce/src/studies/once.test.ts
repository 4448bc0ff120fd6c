import { expect, test } from 'vitest';
import { once } from './once.js';

test('loads the first time alone', async () => {
  let loads = 0;
  const load = once(async () => ++loads);
  expect([await load(), await load()]).toEqual([1, 1]);
});
