import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { linear } from './linear.js';
import { smoothingSpline } from './smoothing-spline.js';

const wavy = Array.from({ length: 30 }, (_, z) => Math.sin(z / 5) + 0.1 * Math.cos(7 * z));

test('continues lines and refuses histories that it cannot fit', () => {
  expectPredictor(smoothingSpline());
});

test('wide bandwidths tend to the least-squares line', () => {
  expect(smoothingSpline({ bandwidth: 100 }).fit(wavy)(5)).toBeCloseTo(linear().fit(wavy)(5), 5);
});

test('narrow bandwidths follow the natural cubic spline through the values', () => {
  // Through 0, 0, 1 with natural ends: γ = 3/2 in the middle, end slope 1 + γ/6 = 5/4.
  expect(smoothingSpline({ bandwidth: 1e-6 }).fit([0, 0, 1])(2)).toBeCloseTo(1 + 2 * 1.25, 9);
  // Through 0, 0, 0, 0, 1: 4γ₁ + γ₂ = 0, γ₁ + 4γ₂ + γ₃ = 0, γ₂ + 4γ₃ = 6 give γ₃ = 45/28.
  expect(smoothingSpline({ bandwidth: 1e-6 }).fit([0, 0, 0, 0, 1])(2)).toBeCloseTo(
    1 + 2 * (1 + 45 / 28 / 6),
    9,
  );
});

test('minimises its criterion: any change of the fitted values makes it worse', () => {
  // Three values: f = v − λQγ with (2/3 + 6λ)γ = v₂ − 2v₁ + v₀, and w = n·bandwidth = 1 gives λ = 1.
  const predict = smoothingSpline({ bandwidth: 1 / 3 }).fit([0, 0, 1]);
  const gamma = 1 / (2 / 3 + 6);
  const [middle, end] = [2 * gamma, 1 - gamma];
  expect(predict(1)).toBeCloseTo(end + (end - middle + gamma / 6), 12);
});

test('refuses a bandwidth that is not above 0', () => {
  expect(() => smoothingSpline({ bandwidth: 0 })).toThrow('smoothingSpline: bandwidth is 0; expected');
});
