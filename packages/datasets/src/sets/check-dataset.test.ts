import { expect, test } from 'vitest';
import { checkDataset, checkDatasetInParts } from './check-dataset.js';

const features = {
  name: 'Tiny',
  examples: Float32Array.of(1, 2, 3, 4, 5, 6),
  exampleShape: [2],
  labels: Int32Array.of(0, 2, 1),
  classes: 3,
};

test('passes features and images whose labels are classes', () => {
  expect(() => checkDataset(features)).not.toThrow();
  expect(() =>
    checkDataset({ ...features, examples: new Uint8Array(12), exampleShape: [2, 2, 1] }),
  ).not.toThrow();
});

test('refuses other numbers of examples and of labels', () => {
  expect(() => checkDataset({ ...features, examples: features.examples.subarray(1) })).toThrow(
    'checkDataset: Tiny: the length of examples is 5; expected 6, 3 of shape [2].',
  );
  expect(() => checkDataset({ ...features, exampleShape: [3] })).toThrow('is 6; expected 9');
});

test.each([3, -1])('refuses the label %i', (label) => {
  expect(() => checkDataset({ ...features, labels: Int32Array.of(0, 1, label) })).toThrow(
    `checkDataset: Tiny: the label of example 2 is ${label}; expected an integer, 0 to 2.`,
  );
});

test('refuses a label that is no class index, and a feature that is not finite', () => {
  const labels = Float32Array.of(0, 0.5, 1) as unknown as Int32Array;
  expect(() => checkDataset({ ...features, labels })).toThrow('the label of example 1 is 0.5');
  const examples = Float32Array.of(1, 2, 3, Number.NaN, 5, 6);
  expect(() => checkDataset({ ...features, examples })).toThrow(
    'a feature of example 1 is NaN; expected a finite number.',
  );
});

test.each(['examples', 'labels'])('refuses %s in a plain array', (part) => {
  const values = [...features[part as 'labels']];
  expect(() => checkDataset({ ...features, [part]: values } as never)).toThrow(
    new RegExp(`^checkDataset: Tiny: ${part} is \\[.*\\]; expected an? `),
  );
});

test('can be done in parts, of which the one with the fault throws', () => {
  const examples = new Float32Array(2 ** 22 + 2);
  const labels = new Int32Array(2 ** 21 + 1);
  const large = { ...features, examples, labels };
  expect([...checkDatasetInParts(large)].length).toBe(5);
  examples[2 ** 22 + 1] = Number.POSITIVE_INFINITY;
  const parts = checkDatasetInParts(large);
  for (let part = 0; part < 4; part++) expect(parts.next().done).toBe(false);
  expect(() => parts.next()).toThrow(
    `a feature of example ${2 ** 21} is Infinity; expected a finite number.`,
  );
});

test.each([Uint8ClampedArray, Float64Array, Int32Array, Int8Array, Uint16Array, DataView, Array])(
  'refuses examples in a %o, whose numbers would mean something else',
  (Kind) => {
    const examples =
      Kind === DataView ? new DataView(new ArrayBuffer(4)) : new (Kind as ArrayConstructor)(4).fill(0);
    const dataset = { name: 'mine', examples, exampleShape: [2], labels: new Int32Array(2), classes: 2 };
    expect(() => checkDataset(dataset as never)).toThrow(
      /^checkDataset: (mine: examples|dataset\.examples) is .*; expected /,
    );
    expect(() => checkDataset(dataset as never)).toThrow(TypeError);
  },
);

test('takes labels of any small integers, and says how to convert big ones', () => {
  const examples = new Float32Array(4);
  const withLabels = (labels: unknown) =>
    checkDataset({ name: 'mine', examples, exampleShape: [2], labels: labels as never, classes: 2 });
  for (const Kind of [Int32Array, Uint8Array, Int16Array, Float32Array]) withLabels(Kind.of(0, 1));
  expect(() => withLabels(BigInt64Array.of(0n, 1n))).toThrow(
    'checkDataset: mine: labels is a BigInt64Array; expected an Int32Array. Convert it with from() of its class, big ' +
      'integers with Int32Array.from(labels, Number).',
  );
});
