import { torchRandom } from '@metadistill/datasets';
import { expect, test } from 'vitest';
import { foreignAnswers, noisyLabels } from './corrupt.js';

const labels = Int32Array.from({ length: 6000 }, (_, i) => i % 6);

test('the share of labels that was asked for is wrong, each other class equally often', () => {
  const noisy = noisyLabels({ labels, classes: 6, noise: 0.3, random: torchRandom(1) });
  const shifts = Array(6).fill(0);
  for (const [i, label] of noisy.entries()) shifts[(label - (labels[i] as number) + 6) % 6] += 1;
  expect(shifts[0]! / 6000).toBeCloseTo(0.7, 1);
  for (const count of shifts.slice(1)) expect(count / 6000).toBeCloseTo(0.06, 1);
});

test('answers to foreign classes are those to an example of another foreign class; the others stay', () => {
  // The logits of an example name it.
  const values = Float32Array.from({ length: 6000 * 6 }, (_, i) => Math.floor(i / 6));
  const logits = { values, examples: 6000, classes: 6 };
  const foreign = [1, 3, 5];
  const answered = foreignAnswers({ logits, labels, foreign, random: torchRandom(1) });
  for (const [i, label] of labels.entries()) {
    const said = labels[answered.values[6 * i] as number] as number;
    if (!foreign.includes(label)) expect(said).toBe(label);
    else expect(foreign.filter((other) => other !== label)).toContain(said);
  }
  expect(values[6]).toBe(1);
});
