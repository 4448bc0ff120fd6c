import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { linear } from './linear.js';
import { polynomial } from './polynomial.js';

test.each([1, 2, 3])('degree %i continues lines and refuses histories that it cannot fit', (degree) => {
  expectPredictor(polynomial({ degree }));
});

test('a parabola continues, over a history of a thousand values too', () => {
  const parabola = (z: number) => 1 + 1e-3 * z - 1e-6 * z * z;
  const history = Array.from({ length: 1000 }, (_, z) => parabola(z));
  expect(polynomial({ degree: 2 }).fit(history)(500)).toBeCloseTo(parabola(1499), 9);
});

test('degree 1 is the least-squares line', () => {
  const history = [0, 3, 3, 2, 5];
  expect(polynomial({ degree: 1 }).fit(history)(4)).toBeCloseTo(linear().fit(history)(4), 10);
});

test('refuses a degree below 1', () => {
  expect(() => polynomial({ degree: 0 })).toThrow(
    'polynomial: degree is 0; expected an integer of at least 1',
  );
});
