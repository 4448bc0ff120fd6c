import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { manyDials } from '../many-dials.js';
import { readPart } from '../study-log.js';
import { parts } from './parts.js';
import { render } from './render.js';

const committed = new URL('../../../../../results/studies/many-dials/', import.meta.url);

test('the committed report is what the committed logs say', () => {
  const logged = new Map(
    parts(manyDials.starts).map((part) => [part.name, readPart(fileURLToPath(committed), part) ?? []]),
  );
  const files = render((name) => logged.get(name) ?? []);
  expect(Object.keys(files)).toEqual(['README.md']);
  expect(files['README.md']).toBe(readFileSync(new URL('README.md', committed), 'utf8'));
});

test('without any log, the report says so', () => {
  expect(render(() => [])['README.md']).toContain('Nothing yet.');
});
