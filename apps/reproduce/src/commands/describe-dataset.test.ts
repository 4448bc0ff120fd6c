import { expect, test } from 'vitest';
import { describeDataset } from './describe-dataset.js';

const dataset = (name: string, labels: readonly number[]) => ({
  name,
  examples: new Uint8Array(4 * labels.length),
  exampleShape: [2, 2, 1],
  labels: Int32Array.from(labels),
  classes: 3,
});

const official = { dataset: 'tiny', origin: 'official', fingerprint: 'sha256:0' } as const;

test('a description has shapes, counts and a histogram of the classes, empty ones included', () => {
  const text = describeDataset({
    train: dataset('tiny training', [0, 2, 2]),
    test: dataset('tiny test', [0]),
    ...official,
  });
  expect(text).toBe(
    [
      'tiny training: 3 examples [2, 2, 1] uint8, 3 classes',
      'tiny test: 1 examples [2, 2, 1] uint8, 3 classes',
      'official pixels, as they were published: sha256:0',
      '',
      '| class | training | test |',
      '| ----: | -------: | ---: |',
      '|     0 |        1 |    1 |',
      '|     1 |        0 |    0 |',
      '|     2 |        2 |    0 |',
      '',
    ].join('\n'),
  );
});

test('pixels that were not published are named so, with what to do', () => {
  const tiny = dataset('tiny', [0]);
  const text = describeDataset({ train: tiny, test: tiny, ...official, origin: 'unofficial' });
  expect(text).toMatch(/^unofficial pixels: sha256:0$/m);
  expect(text).toContain('tiny.fingerprints.json away');
});
