import { type Tensor, tensor1d, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { isArrayName } from '../src/arrays/array-names.js';
import type { Targets } from '../src/types.js';
import { everyFeatureLoss, everyLogitLoss, metaparametersAt } from './every-loss.js';

// One row, six classes: as many as the grouped temperatures have groups.
const logits = tensor2d([[1, 2, 3, 4, 5, 6]]);
const labels = tensor1d([2], 'int32');
const fewer = tensor2d([[1, 2, 3]]);

/** Every error says which function refuses, what it got, what it expects, and what to do. */
const message = (got: string, remedy = '') => new RegExp(`^\\w+: ${got}.*; expected .+${remedy}`);

describe.each(everyLogitLoss.map((each) => [each.loss.name, each] as const))('%s refuses', (_, each) => {
  const { loss } = each;
  const given = metaparametersAt(each, 2);
  const { mixedProduct } = loss;
  const methods: ((...of: Parameters<typeof loss.valueAndGradient>) => unknown)[] = [
    loss.valueAndGradient,
    ...(loss.metaparameters.length > 0 ? [loss.metaparameterGradient] : []),
    ...(loss.metaparameters.some((name) => !isArrayName(name)) ? [loss.mixedDerivatives] : []),
    ...(mixedProduct
      ? [(...of: Parameters<typeof loss.valueAndGradient>) => mixedProduct(...of, logits)]
      : []),
  ];
  const refuses = (targets: Targets, expected: RegExp, values = given, student = logits) => {
    for (const method of methods) expect(() => method(student, targets, values)).toThrow(expected);
  };
  const distils = loss.needsTeacher === true || loss.needsTeachers === 1;
  const teacherLogits = logits;

  test('labels that are not indices, one a row', () => {
    const wrong = (bad: Tensor) => ({ labels: bad as typeof labels, teacherLogits });
    refuses(wrong(tensor1d([2])), message('labels has dtype float32', 'Cast class indices'));
    refuses(wrong(tensor1d([2, 3], 'int32')), message('labels has shape \\[2\\]', 'Do inputs and labels'));
    refuses(wrong(tensor2d([[2]], [1, 1], 'int32')), message('labels has shape \\[1,1\\]'));
  });

  test('logits that are not rows', () => {
    const flat = tensor1d([1, 2, 3]) as unknown as typeof logits;
    refuses({ labels, teacherLogits }, message('studentLogits has shape \\[3\\]', 'Flatten'), given, flat);
  });

  if (distils)
    test('teachers that are missing or know other classes', () => {
      refuses({ labels }, message('targets.teacherLogits is undefined', 'Run the teacher'));
      refuses(
        { labels, teacherLogits: fewer },
        message('teacherLogits has shape \\[1,3\\]', 'Was the teacher'),
      );
      const twoRows = tensor2d([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], [2, 6]);
      refuses({ labels, teacherLogits: twoRows }, message('teacherLogits has shape \\[2,6\\]'));
      const flat = tensor1d([1, 6]) as unknown as typeof logits;
      refuses({ labels, teacherLogits: flat }, message('teacherLogits has shape \\[2\\]'));
    });
  else
    test('nothing without a teacher, as it says that it needs none', () => {
      for (const method of methods) expect(() => method(logits, { labels }, given)).not.toThrow();
    });

  for (const name of loss.metaparameters.filter((each) => /temperature/i.test(each))) {
    test(`a ${name} that is not a positive number`, () => {
      for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const last = isArrayName(name) ? (given[name] as number[]).length - 1 : 0;
        const values = isArrayName(name) ? (given[name] as number[]).with(last, value) : value;
        const expected = isArrayName(name)
          ? message(`${name.slice(0, -2)}\\[\\]\\[${last}\\] is ${value}`)
          : message(`temperature is ${value}`, 'Keep it in a box');
        refuses({ labels, teacherLogits }, expected, { ...given, [name]: values });
      }
    });
  }
});

describe.each(everyFeatureLoss.map(({ loss }) => [loss.name, loss] as const))('%s refuses', (_, loss) => {
  test('features of other examples', () => {
    const maps = (batch: number) => tensor4d(Array(batch).fill(1), [batch, 1, 1, 1]);
    const expected =
      /^\w+: teacherFeatures has (3 examples|shape \[3.*\]); expected .+ (Do both come|Put an adapter)/;
    expect(() => loss.valueAndGradient(maps(4), maps(3))).toThrow(expected);
  });
});
