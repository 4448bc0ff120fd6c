import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { predictors } from './predictors.js';

test('every predictor of the library is compared', () => {
  const folder = new URL('../../../../../packages/trajectory/src/predictors', import.meta.url);
  const compared = Object.values(predictors).map(([{ name }]) => name.replace(/[( ].*/, ''));
  for (const file of readdirSync(folder).filter((each) => !each.endsWith('.test.ts'))) {
    const name = file.replace('.ts', '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(compared, `studies/trajectories/predictors.ts has no ${name}: add it there`).toContain(name);
  }
});
