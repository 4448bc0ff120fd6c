import { expect, test } from 'vitest';
import { expectPredictor } from '../../test/expect-predictor.js';
import { dampedHolt } from './damped-holt.js';

test('without damping it continues lines, and refuses histories that it cannot fit', () => {
  expectPredictor(dampedHolt({ damping: 1 }));
});

test('a damped trend comes to rest', () => {
  const predict = dampedHolt({ damping: 0.5 }).fit([0, 1, 2, 3]);
  expect(predict(1000) - predict(100)).toBeCloseTo(0, 12);
  expect(predict(2)).toBeGreaterThan(predict(1));
});

test('two values by hand', () => {
  // Level 0, trend 1, damping 0.8: predicted 0.8, level 0.8 + 0.5·0.2 = 0.9, trend 0.8 + 0.1·(0.9 − 0.8) = 0.81.
  const predict = dampedHolt({ damping: 0.8 }).fit([0, 1]);
  expect(predict(1)).toBeCloseTo(0.9 + 0.8 * 0.81, 12);
  expect(predict(2)).toBeCloseTo(0.9 + (0.8 + 0.64) * 0.81, 12);
});

test('a trend follows its smoothing', () => {
  // As above, but the trend is 0.8 + 0.5·(0.9 − 0.8) = 0.85.
  const predict = dampedHolt({ levelSmoothing: 0.5, trendSmoothing: 0.5, damping: 0.8 }).fit([0, 1]);
  expect(predict(1)).toBeCloseTo(0.9 + 0.8 * 0.85, 12);
});

test('refuses factors outside (0, 1]', () => {
  expect(() => dampedHolt({ damping: 0 })).toThrow('dampedHolt: damping is 0; expected');
  expect(() => dampedHolt({ levelSmoothing: 1.5 })).toThrow('levelSmoothing is 1.5');
});
