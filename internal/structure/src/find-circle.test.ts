import { expect, test } from 'vitest';
import { findCircle } from './find-circle.js';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test('finds a circle behind a part that has none', () => {
  expect(findCircle(graph({ a: ['b', 'c'], b: ['c'], c: [], d: ['a', 'e'], e: ['f'], f: ['e'] }))).toEqual([
    ...['e', 'f', 'e'],
  ]);
});

test('an own successor is a circle', () => {
  expect(findCircle(graph({ a: ['a'] }))).toEqual(['a', 'a']);
});

test('two ways to one node are none', () => {
  expect(findCircle(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toBeUndefined();
});
