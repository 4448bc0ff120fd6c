import { centralDifference, expectOnlyReturned, inFloat64, relativeError } from '@metadistill/testing';
import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { features, make } from '../../test/expect-feature-gradient.js';
import { hint } from './hint.js';
import { linearAdapter } from './linear-adapter.js';

const student = features([2, 2, 1, 3], 1);
const teacher = features([2, 2, 1, 2], 2);
const weight = features([3, 2], 3);

const run = (studentValues: readonly number[], weightValues: readonly number[]) => {
  const inputs = [
    make({ ...student, values: studentValues }),
    make(teacher),
    tensor2d([...weightValues], [3, 2]),
  ] as const;
  const { result } = expectOnlyReturned('linearAdapter', () => linearAdapter(hint(), ...inputs));
  const { value, gradient, adapterGradient } = result;
  const read = {
    value: value.dataSync()[0]!,
    gradient: [...gradient.dataSync()],
    adapterGradient: [...adapterGradient.dataSync()],
    shape: gradient.shape,
  };
  dispose([...inputs, value, gradient, adapterGradient]);
  return read;
};

test('both gradients are the difference quotients of the value', () => {
  inFloat64(() => {
    const { gradient, adapterGradient, shape } = run(student.values, weight.values);
    expect(shape).toEqual(student.shape);
    const byFeatures = centralDifference((values) => run(values, weight.values).value, student.values);
    const byWeight = centralDifference((values) => run(student.values, values).value, weight.values);
    // The loss is quadratic, so that only rounding over h = 1e-5 remains.
    expect(relativeError(gradient, byFeatures)).toBeLessThan(1e-9);
    expect(relativeError(adapterGradient, byWeight)).toBeLessThan(1e-9);
  });
});

test('refuses a weight of another height', () => {
  expect(() => linearAdapter(hint(), make(student), make(teacher), tensor2d([[1, 2]]))).toThrow(
    'adapterWeight has shape [1,2]; expected 3 rows',
  );
});
