import { torchRandom } from '@metadistill/datasets';
import { expect, test } from 'vitest';
import { unevenParts } from './own-teachers.js';

test('parts share no example, have all of them, and differ in their classes', () => {
  const labels = Int32Array.from({ length: 3000 }, (_, i) => i % 10);
  const examples = Float32Array.from({ length: 6000 }, (_, i) => i >> 1);
  const dataset = { name: 'numbers', examples, exampleShape: [2], labels, classes: 10 };
  const parts = unevenParts(dataset, 3, torchRandom(7));
  const members = parts.flatMap((part) => [...part.examples].filter((_, i) => i % 2 === 0));
  expect(new Set(members).size).toBe(3000);
  expect(members).toHaveLength(3000);
  for (const part of parts) {
    for (const [i, label] of part.labels.entries())
      expect(label).toBe(labels[part.examples[2 * i] as number]);
  }
  const ofFirstClass = parts.map((part) => part.labels.filter((label) => label === 0).length);
  expect(Math.max(...ofFirstClass) - Math.min(...ofFirstClass)).toBeGreaterThan(30);
});
