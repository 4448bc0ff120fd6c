import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StudyRecord } from '../study.js';
import { readPart } from '../study-log.js';
import { trajectories } from '../trajectories.js';
import { parts } from './parts.js';
import { render } from './render.js';

const committed = new URL('../../../../../results/studies/trajectories/', import.meta.url);

test('the committed report and figures are what the committed logs say', () => {
  const logged = new Map(
    parts(trajectories.starts).map((part) => [part.name, readPart(fileURLToPath(committed), part)]),
  );
  const files = render((name) => logged.get(name) as readonly StudyRecord[]);
  expect(Object.keys(files)).toEqual(['README.md', 'open-loop.svg', 'closed-loop.svg', 'equal-cost.svg']);
  for (const [name, text] of Object.entries(files)) {
    expect(text, name).toBe(readFileSync(new URL(name, committed), 'utf8'));
  }
});
