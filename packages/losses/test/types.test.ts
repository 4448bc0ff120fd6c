import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expectTypeOf, test } from 'vitest';
import {
  classificationMetrics,
  convexCombination,
  convexMix,
  crossEntropy,
  distillation,
  dkd,
  groupedTemperature,
  type LogitLoss,
  type Metaparameters,
  type MixMetaparameter,
  type Shapes,
  weightedSum,
  withFixed,
} from '../src/index.js';

// Nothing here runs: the type check of the package holds what must compile, and that the rest does not.

const logits = {} as Tensor2D;
const labels = {} as Tensor1D;

test('a loss names its metaparameters', () => {
  expectTypeOf(crossEntropy).returns.toEqualTypeOf<LogitLoss<never>>();
  expectTypeOf(convexMix).returns.toEqualTypeOf<LogitLoss<MixMetaparameter>>();
  expectTypeOf(dkd).returns.toEqualTypeOf<LogitLoss<'temperature' | 'targetWeight' | 'nonTargetWeight'>>();
});

test('withFixed leaves the metaparameters that are not fixed', () => {
  void (() => {
    const mix = convexMix({ scaling: 'none' });
    expectTypeOf(withFixed(mix, { temperature: 4 })).toEqualTypeOf<LogitLoss<'distillationFraction'>>();
    expectTypeOf(withFixed(mix, { temperature: 4, distillationFraction: 0.5 })).toEqualTypeOf<
      LogitLoss<never>
    >();
    // @ts-expect-error: a misspelt metaparameter.
    withFixed(mix, { temprature: 4 });
    // @ts-expect-error: a metaparameter of another loss.
    withFixed(dkd({ scaling: 'none' }), { distillationFraction: 0.5 });
    // @ts-expect-error: a value that is no number.
    withFixed(mix, { temperature: '4' });
  });
});

test('an array has a name that ends in [], and a list of numbers', () => {
  const grouped = groupedTemperature({ scaling: 'none', by: 'label', count: 3 });
  expectTypeOf(grouped).toEqualTypeOf<LogitLoss<'temperature[]'>>();
  expectTypeOf<Metaparameters<'temperature' | 'trust[]'>>().toEqualTypeOf<{
    readonly temperature: number;
    readonly 'trust[]': readonly number[];
  }>();
  expectTypeOf<Shapes<'temperature' | 'trust[]'>>().toEqualTypeOf<
    Readonly<Record<'trust[]', readonly number[]>>
  >();
  void (() => {
    const targets = { labels, teacherLogits: logits };
    grouped.valueAndGradient(logits, targets, { 'temperature[]': [1, 2, 3] });
    // @ts-expect-error: a misspelt array.
    grouped.valueAndGradient(logits, targets, { 'temperatures[]': [1, 2, 3] });
    // @ts-expect-error: one number.
    grouped.valueAndGradient(logits, targets, { 'temperature[]': 1 });
    // @ts-expect-error: no mixed derivatives of an array.
    grouped.mixedDerivatives(logits, targets, { 'temperature[]': [1, 2, 3] })['temperature[]'];
    expectTypeOf(withFixed(grouped, { 'temperature[]': [1, 2, 3] })).toEqualTypeOf<LogitLoss<never>>();
    // @ts-expect-error: a number for an array.
    withFixed(grouped, { 'temperature[]': 1 });
    const sum = weightedSum({ terms: [{ loss: grouped, weight: 'teacherWeight' }] });
    expectTypeOf(sum).toEqualTypeOf<LogitLoss<'temperature[]' | 'teacherWeight'>>();
  });
});

test('weightedSum has the metaparameters of its terms and the weights that have a name', () => {
  void (() => {
    const sum = weightedSum({
      terms: [
        { loss: crossEntropy(), weight: 'classificationWeight' },
        { loss: distillation({ scaling: 'none' }), weight: 'distillationWeight' },
        { loss: dkd({ scaling: 'none' }), weight: 0.25 },
      ],
    });
    expectTypeOf(sum).toEqualTypeOf<
      LogitLoss<
        'classificationWeight' | 'distillationWeight' | 'temperature' | 'targetWeight' | 'nonTargetWeight'
      >
    >();
    const constant = weightedSum({ terms: [{ loss: crossEntropy(), weight: 2 }] });
    expectTypeOf(constant).toEqualTypeOf<LogitLoss<never>>();
    // @ts-expect-error: no terms.
    weightedSum({ name: 'sum' });
    // @ts-expect-error: a term without a weight.
    weightedSum({ terms: [{ loss: crossEntropy() }] });
  });
});

test('convexCombination has the metaparameters of both losses and the fraction', () => {
  void (() => {
    const both = convexCombination({
      classification: crossEntropy(),
      distillation: distillation({ scaling: 'none' }),
    });
    expectTypeOf(both).toEqualTypeOf<LogitLoss<MixMetaparameter>>();
  });
});

test('a call names every metaparameter of its loss, and no other', () => {
  const mix = {} as LogitLoss<MixMetaparameter>;
  const targets = { labels, teacherLogits: logits };
  void (() => {
    mix.valueAndGradient(logits, targets, { distillationFraction: 0.5, temperature: 4 });
    // @ts-expect-error: a metaparameter is missing.
    mix.valueAndGradient(logits, targets, { distillationFraction: 0.5 });
    // @ts-expect-error: a misspelt metaparameter.
    mix.valueAndGradient(logits, targets, { distillationFraction: 0.5, temprature: 4 });
  });
});

test('logits and labels cannot be swapped', () => {
  const loss = {} as LogitLoss;
  void (() => {
    // @ts-expect-error: labels for logits.
    loss.valueAndGradient(labels, { labels }, {});
    // @ts-expect-error: logits for labels.
    loss.valueAndGradient(logits, { labels: logits }, {});
    // @ts-expect-error: labels for the teacher's logits.
    loss.valueAndGradient(logits, { labels, teacherLogits: labels }, {});
    // @ts-expect-error: arguments in a row, which could be swapped.
    classificationMetrics([1, 2], [0], 2);
  });
});

test('options are spelt as they are named, and the power of T is chosen', () => {
  void (() => {
    // @ts-expect-error: no scaling.
    distillation({});
    // @ts-expect-error: another scaling.
    distillation({ scaling: 'square' });
    // @ts-expect-error: a misspelt option.
    convexMix({ scaling: 'none', divergance: 'reverseKL' });
  });
});
