import { expect, test } from 'vitest';
import { nearest } from './nearest.js';

const known = ['none', 'gradient', 'gradient-exact', 'learningRate', 'wasm', 'cpu'];
const all = 'Known: none, gradient, gradient-exact, learningRate, wasm, cpu.';

test.each([
  ['gradiant', 'gradient'],
  ['grad', 'gradient'],
  ['GRADIENT', 'gradient'],
  ['learningrate', 'learningRate'],
  ['lerningRates', 'learningRate'],
  ['wsam', 'wasm'],
  ['gradient-exat', 'gradient-exact'],
  ['gradient-flow', 'gradient'],
  ['cpus', 'cpu'],
])('%s is near %s', (got, name) => {
  expect(nearest('name', got, known)).toBe(`unknown name '${got}'; did you mean '${name}'? ${all}`);
});

test.each(['zzzzzz', 'constructor', 'nothing', 'webgpu', 'nonetheless', 'g-r-a-d', 'x', ''])(
  "'%s' is near none",
  (got) => {
    expect(nearest('name', got, known)).toBe(`unknown name '${got}'. ${all}`);
  },
);
