import { dispose, einsum, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeCpu, describeEachBuild } from '../../../test/describe-backends.js';
import { expectRounding } from '../../../test/expect-rounding.js';
import { randomValues } from '../../../test/random-values.js';
import { runKernel } from '../../../test/run-kernel.js';

const lengths: Readonly<Record<string, number>> = { a: 2, b: 3, c: 4, d: 5, e: 2 };
const equations = [
  'ab,bc->ac',
  'ab,bc->ca',
  'abc,acd->abd',
  'abcd,aecd->acbe',
  'acbe,aecd->abcd',
  'ab,ab->a',
  'ab,ab->',
  'a,b->ab',
  'ab,c->ab',
  'abc,b->ac',
  'abc->b',
  'abc->cab',
  'ab->',
  'abc,abd->bdc',
  'abc,cde->abde',
];

/** The definition: a sum over all letters. */
function byDefinition(equation: string, operands: readonly Float32Array[]) {
  const [left, result] = equation.split('->') as [string, string];
  const terms = left.split(',');
  const letters = [...new Set(left.replaceAll(',', ''))];
  const sizes = letters.map((letter) => lengths[letter]!);
  const size = [...result].reduce((product, letter) => product * lengths[letter]!, 1);
  const [values, magnitudes] = [new Float64Array(size), new Float64Array(size)];
  const total = sizes.reduce((product, length) => product * length, 1);
  for (let flat = 0; flat < total; flat++) {
    const at = new Map<string, number>();
    let rest = flat;
    for (const [i, letter] of letters.entries()) {
      at.set(letter, rest % sizes[i]!);
      rest = Math.floor(rest / sizes[i]!);
    }
    const index = (term: string) =>
      [...term].reduce((sum, letter) => sum * lengths[letter]! + at.get(letter)!, 0);
    const product = terms.reduce((value, term, i) => value * operands[i]![index(term)]!, 1);
    values[index(result)]! += product;
    magnitudes[index(result)]! += Math.abs(product);
  }
  return { values, magnitudes, terms: total / size };
}

const tests = () => {
  it.each(equations)('%s is the sum by its definition', (equation) => {
    const [left, result] = equation.split('->') as [string, string];
    const shapes = left.split(',').map((term) => [...term].map((letter) => lengths[letter]!));
    const operands = shapes.map((shape, i) =>
      randomValues(
        shape.reduce((size, length) => size * length, 1),
        i + 1,
      ),
    );
    tidy(() => {
      const tensors = operands.map((values, i) => tensor(values, shapes[i]!));
      const [y] = runKernel('Einsum', tensors, { equation }) as [Tensor];
      expect(y.shape).toEqual([...result].map((letter) => lengths[letter]!));
      const { terms, ...sums } = byDefinition(equation, operands);
      expectRounding(y.dataSync(), sums, terms);
    });
  });
};

describeEachBuild('einsum', () => {
  tests();

  it('refuses operands that are not float32', () => {
    const x = zeros([3, 3], 'int32');
    expect(() => runKernel('Einsum', [x], { equation: 'ab->a' })).toThrow(/operand 0 is int32 \[3, 3\]/);
    dispose(x);
  });
});

describeCpu('einsum', () => {
  tests();

  it('leaves whole numbers to TensorFlow.js', () => {
    tidy(() => {
      const x = tensor([1, 2, 3, 4], [2, 2], 'int32');
      expect(Array.from(einsum('ab->a', x).dataSync())).toEqual([3, 7]);
    });
  });
});
