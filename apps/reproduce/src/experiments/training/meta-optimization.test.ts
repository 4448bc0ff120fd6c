import type { LogitBatch } from '@metadistill/hypergrad';
import { constantBatch } from '@metadistill/trainer';
import { expect, test } from 'vitest';
import { metaOptimization } from './meta-optimization.js';
import type { GradientMethod } from './methods.js';

const settings = { metaLearningRate: 0.1, metaClipValue: 0.01, temperatureLow: 0.1, temperatureHigh: 10 };

const by = (hypergradient: GradientMethod['hypergradient'], protocol: 'published' | 'corrected') =>
  metaOptimization(
    { kind: 'gradient', hypergradient },
    settings,
    protocol,
    constantBatch({} as unknown as LogitBatch),
  );

test("the paper's methods differentiate by a difference and step with the new metaparameters, ours are exact", () => {
  expect(by('finite-difference', 'corrected')).toMatchObject({
    method: { name: 'finiteDifference' },
    update: 'sequential',
  });
  expect(by('exact', 'corrected')).toMatchObject({ method: { name: 'mixed' }, update: 'simultaneous' });
});

test('a hypergradient that is NaN counts as zero when published, and stops a corrected run', () => {
  for (const hypergradient of ['finite-difference', 'exact'] as const) {
    expect(by(hypergradient, 'published').onNaN).toBe('zero');
    expect(by(hypergradient, 'corrected').onNaN).toBe('throw');
  }
});
