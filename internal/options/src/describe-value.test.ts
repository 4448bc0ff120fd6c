import { expect, test } from 'vitest';
import { describeValue } from './describe-value.js';

class Teacher {}

test.each<[unknown, string]>([
  [3, '3'],
  ['3', "'3'"],
  ['a'.repeat(1000), `'${'a'.repeat(40)}…'`],
  [3n, '3n'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  [Symbol('seed'), 'Symbol(seed)'],
  [function train() {}, 'function train'],
  [
    (
      () => () =>
        1
    )(),
    'a function',
  ],
  [Teacher, 'function Teacher'],
  [Object.assign(() => 1, { toString: () => 'x'.repeat(1000) }), 'a function'],
  [{}, '{}'],
  [{ seed: 1, [Symbol('of')]: 2 }, '{ seed, Symbol(of) }'],
  [Object.create(null, { seed: { value: 1, enumerable: true } }), '{ seed }'],
  [{ a: 1, b: 1, c: 1, d: 1, e: 1 }, '{ a, b, c, d, … }'],
  [[], '[]'],
  [[1, '2', [3], { four: 5 }], "[1, '2', an array, { four }]"],
  [new Array(1e9), '[undefined, undefined, undefined, undefined, …]'],
  [new Teacher(), 'a Teacher'],
  [new Date(Number.NaN), 'a Date'],
  [new Map(), 'a Map'],
  [new Int32Array(3), 'an Int32Array'],
  [new Uint8Array(3), 'a Uint8Array'],
  [new Error('lost'), 'an Error'],
  [Object.create({ seed: 1 }), 'an object with a prototype of its own'],
  [Object.create(Object.create(null)), 'an object with a prototype of its own'],
])('%# is %2$s', (value, words) => {
  expect(describeValue(value)).toBe(words);
});

test('a value that cannot be read throws nothing', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(describeValue(proxy)).toBe('a value that cannot be read');
});
