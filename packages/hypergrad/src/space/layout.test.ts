import { expect, test } from 'vitest';
import { describeMetaparameters, firstNotFinite, metaparameterLayout } from './layout.js';

const layout = metaparameterLayout({
  metaparameters: ['temperature', 'trust[]', 'fraction'],
  shapes: { 'trust[]': [2, 3] },
});
const metaparameters = { temperature: 2, 'trust[]': [10, 11, 12, 13, 14, 15], fraction: 0.5 };

test('metaparameters become one list of numbers in their order, and come back', () => {
  const entries = layout.flatten(metaparameters);
  expect(entries).toEqual([2, 10, 11, 12, 13, 14, 15, 0.5]);
  expect(layout.entries).toBe(8);
  expect(layout.unflatten(entries)).toEqual(metaparameters);
});

test('an entry of an array is called by its place in the flat array', () => {
  expect(Array.from({ length: 8 }, (_, j) => layout.entryName(j))).toEqual([
    'temperature',
    'trust[][0]',
    'trust[][1]',
    'trust[][2]',
    'trust[][3]',
    'trust[][4]',
    'trust[][5]',
    'fraction',
  ]);
});

test('refuses arrays of another length, and names of arrays without a shape', () => {
  expect(() => layout.flatten({ ...metaparameters, 'trust[]': [1] })).toThrow(
    'metaparameterLayout: trust[] is an array of 1; expected an array of 6 numbers. Give them flat, in row-major order.',
  );
  expect(() => layout.flatten({ ...metaparameters, 'trust[]': 1 as never })).toThrow('trust[] is 1;');
  expect(() => metaparameterLayout({ metaparameters: ['trust[]'] })).toThrow(
    'metaparameterLayout: the shape of trust[] is undefined; expected integers of at least 1. State it in shapes,',
  );
  expect(() => metaparameterLayout({ metaparameters: ['trust[]'], shapes: { 'trust[]': [2, 0] } })).toThrow(
    'the shape of trust[] is [2,0];',
  );
});

test('the first number that is not finite is found, if there is one', () => {
  expect(
    [[1, Number.NaN, Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY], [1, 2], []].map(firstNotFinite),
  ).toEqual([1, 0, -1, -1]);
});

test('a description names every number, and of an array its size and range', () => {
  expect(describeMetaparameters(metaparameters)).toBe(
    'temperature 2, trust[] 6 numbers from 10 to 15, fraction 0.5',
  );
});
