import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as models from '../src/index.js';
import { everyLayer, everyMergedRow } from './every-layer.js';
import { expectAdjoint, expectDerivativesOf, expectSecondOrder, type LayerAt } from './expect-derivatives.js';
import { expectNoLeakOf } from './expect-no-leak-of.js';
import { onEachBackend } from './on-each-backend.js';

const sources = new URL('../src/layers/', import.meta.url);
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const cases = Object.entries({ ...everyLayer, ...everyMergedRow });

/** The exports of the package that a file of `src/layers` declares as a function to a `Layer`. */
const exportedLayers = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => [
    ...readFileSync(new URL(path, sources), 'utf8').matchAll(/^export (?:function|const) (\w+)/gm),
  ])
  .map(([, name]) => name!)
  .filter((name) => name in models);

test('finds the layers that the package exports', () => {
  expect(exportedLayers).toEqual(expect.arrayContaining(['dense', 'sequential', 'globalAveragePool']));
});

test.each(exportedLayers)('%s is in the list of layers, and in a row of the README', (name) => {
  expect(
    cases.map(([caseName]) => caseName),
    `${name} is exported, and not in everyLayer of packages/models/test/every-layer.ts: add it with its reference`,
  ).toContain(name);
  const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
  expect(
    rows.some((row) => row.split('|')[1]!.includes(`\`${name}\``)),
    `${name} is exported, and in no row of the table of packages/models/README.md`,
  ).toBe(true);
});

onEachBackend(() => {
  describe.each(cases)('%s', (_, { make, inputShape, input, reference, evaluation, held }) => {
    const training: LayerAt = { layer: make({}), inputShape, mode: 'training', ...(input && { input }) };
    const points: LayerAt[] = [
      training,
      { ...training, mode: 'evaluation', ...(evaluation && { statistics: evaluation.statistics }) },
    ];

    test('output, vjp and jvp agree with a float64 reference', () => {
      for (const at of points) {
        const expected = at.mode === 'evaluation' ? evaluation?.reference : undefined;
        expectDerivativesOf(expected ?? reference, at);
      }
    });

    test('vjp is the adjoint of jvp', () => {
      for (const at of points) expectAdjoint(at);
    });

    test('second order is the derivative of vjp', async () => {
      for (const at of points) await expectSecondOrder(at);
    });

    test('rules give what they return and leak nothing', () => {
      for (const at of points) expectNoLeakOf(at, held);
    });
  });
});

describe.each(cases)('%s', (name, { make }) => {
  test('is called by its function, or as it is told', () => {
    expect(make({}).name).toBe(name);
    expect(make({ name: 'own' }).name).toBe('own');
  });

  test('refuses an option that it does not have', () => {
    const misspelt = { nmae: 'own' } as { name?: string };
    expect(() => make(misspelt)).toThrow(`${name}: unknown option 'nmae'; did you mean 'name'?`);
  });
});
