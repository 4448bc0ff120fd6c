import { relativeError } from '@metadistill/testing';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type Batch, evaluateLoss } from '../../test/evaluate-loss.js';
import { expectDerivatives } from '../../test/expect-derivatives.js';
import * as reference from '../../test/float64-reference.js';
import { withFixed } from '../combine/with-fixed.js';
import type { LogitLoss } from '../types.js';
import { type TrustMixOptions, trustMix } from './trust-mix.js';

const scattered = (rows: number, columns: number, seed: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, k) => 4 * Math.sin(3.7 * i + 2.3 * k + 1.9 * seed)),
  );

const batch: Batch = {
  student: scattered(5, 3, 1),
  teacher: scattered(5, 3, 2),
  teachers: [scattered(5, 3, 2), scattered(5, 3, 3)],
  labels: [0, 2, 1, 1, 0],
  groups: [1, 0, 3, 1, 1],
};

const dials = (size: number) => Array.from({ length: size }, (_, i) => Math.sin(2.1 * i + 1));

const temperatures = [3, 0.8];

const cases: [Omit<TrustMixOptions<'shared' | 'own'>, 'teachers'>, number][] = [
  [{ by: 'answer', count: 3 }, 9],
  [{ by: 'group', count: 4, temperature: 2 }, 12],
  [{ by: 'expert', temperature: 10 }, 3],
  [{ by: 'answer', count: 3, temperature: 2, teacherTemperatures: 'own' }, 9],
];

describe.each(cases)('trust %j', (options, size) => {
  const loss: LogitLoss<string> = trustMix({ teachers: 2, ...options });
  const own = options.teacherTemperatures === 'own';
  const at = { 'trust[]': dials(size), ...(own && { 'teacherTemperature[]': temperatures }) };

  test('has the derivatives of its value', () => {
    expectDerivatives(loss, batch, at);
  });

  test('is the mean of the losses of the experts, weighted by their trust', () => {
    const T = options.temperature ?? 5;
    const trust = dials(size);
    const values = batch.student.map((row, b) => {
      const p = reference.softmax(row, T);
      const answers = [
        [0, 1, 2].map((k) => Number(k === batch.labels[b])),
        ...batch.teachers!.map((rows, e) => reference.softmax(rows[b]!, own ? temperatures[e]! : T)),
      ];
      const scores = answers.map((answer, e) => {
        const said = answer.indexOf(Math.max(...answer));
        const group = { answer: said, group: batch.groups![b]!, expert: 0 }[options.by!];
        return trust[e * (options.count ?? 1) + group]!;
      });
      const shares = reference.softmax(scores);
      const losses = answers.map((answer) =>
        answer.reduce((sum, q, k) => sum + (q === 0 ? 0 : q * Math.log(q / p[k]!)), 0),
      );
      return shares.reduce((sum, share, e) => sum + share * T * losses[e]!, 0);
    });
    const { value } = evaluateLoss(loss, batch, at);
    expect(relativeError([value], [reference.mean(values)])).toBeLessThan(1e-5);
  });
});

test('trust in nobody but the labels is their cross-entropy at T, times T', () => {
  const trust = [50, 50, 50, 0, 0, 0, 0, 0, 0];
  const { value } = evaluateLoss(trustMix({ teachers: 2, count: 3 }), batch, { 'trust[]': trust });
  expect(value).toBeCloseTo(5 * reference.crossEntropy(batch, 5), 4);
});

test('own temperatures that are T are the shared one', () => {
  const trust = { 'trust[]': dials(9) };
  const shared = evaluateLoss(trustMix({ teachers: 2, count: 3 }), batch, trust);
  const own = trustMix({ teachers: 2, count: 3, teacherTemperatures: 'own' });
  const { value, gradient } = evaluateLoss(own, batch, { ...trust, 'teacherTemperature[]': [5, 5] });
  expect([value, ...gradient]).toEqual([shared.value, ...shared.gradient]);
  const fixed = withFixed(own, { 'teacherTemperature[]': [5, 5] });
  expect(fixed.metaparameters).toEqual(['trust[]']);
  expect(evaluateLoss(fixed, batch, trust)).toEqual(shared);
});

test('a class that no expert says has no derivative', () => {
  const { byMetaparameter } = evaluateLoss(trustMix({ teachers: 2, by: 'group', count: 4 }), batch, {
    'trust[]': dials(12),
  });
  expect(byMetaparameter['trust[][2]']).toBe(0);
  expect(byMetaparameter['trust[][1]']).not.toBe(0);
});

describe('refuses', () => {
  const at =
    (options: TrustMixOptions, trust: readonly number[], given: Batch = batch) =>
    () =>
      evaluateLoss(trustMix(options), given, { 'trust[]': trust });
  test('as many teachers as there are not', () => {
    expect(at({ teachers: 3, count: 3 }, dials(12))).toThrow(
      'trustMix: targets has the logits of 2 teachers; expected 3.',
    );
  });
  test('temperatures that are not above zero, one for each teacher', () => {
    const own = (values: number[]) => () =>
      evaluateLoss(trustMix({ teachers: 2, by: 'expert', teacherTemperatures: 'own' }), batch, {
        'trust[]': [0, 0, 0],
        'teacherTemperature[]': values,
      });
    expect(own([1, 0])).toThrow('trustMix: teacherTemperature[][1] is 0; expected a finite number above 0.');
    expect(own([1])).toThrow(
      'trustMix: teacherTemperature[] is an array of 1; expected an array of 2 numbers.',
    );
  });
  test('teachers of other classes', () => {
    tidy(() => {
      const logits = tensor2d([[1, 2]]);
      const targets = { labels: tensor1d([0], 'int32'), teachers: [tensor2d([[1, 2, 3]])] };
      expect(() =>
        trustMix({ teachers: 1, count: 2 }).valueAndGradient(logits, targets, { 'trust[]': dials(4) }),
      ).toThrow('trustMix: teachers[0] has shape [1,3]; expected [1,2] as studentLogits has.');
    });
  });
  test('other dials than it has', () => {
    expect(at({ teachers: 2, count: 3 }, dials(8))).toThrow(
      'trust[] is an array of 8; expected an array of 9',
    );
  });
  test('other classes than the logits have, by answer', () => {
    expect(at({ teachers: 2, count: 4 }, dials(12))).toThrow('trustMix: count is 4; expected 3');
  });
  test('groups that are missing, by group', () => {
    const { groups: _, ...rest } = batch;
    expect(at({ teachers: 2, by: 'group', count: 4 }, dials(12), rest)).toThrow(
      'targets.groups is undefined',
    );
  });
  test.each([
    [{ teachers: 0, count: 3 }, 'trustMix: teachers is 0'],
    [{ teachers: 1 }, 'trustMix: count is undefined; expected an integer of at least 1.'],
    [{ teachers: 1, count: 3, temperature: 0 }, 'trustMix: temperature is 0'],
    [
      { teachers: 1, count: 3, teacherTemperatures: [2] as never },
      "trustMix: teacherTemperatures is [2]; expected 'shared' or 'own'.",
    ],
    [
      { teachers: 1, count: 3, by: 'mood' as 'answer' },
      "trustMix: by is 'mood'; expected 'answer', 'group' or 'expert'.",
    ],
  ])('%j', (options, message) => {
    expect(() => trustMix(options)).toThrow(message);
  });
});
