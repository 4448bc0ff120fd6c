import { agreementTemperature } from '@metadistill/losses';
import { expect, test } from 'vitest';
import { type MethodKind, methodOf } from './methods.js';
import { learningRateOf, objectivesOf, optimizerOf, startOf } from './objectives.js';

// A teacher that is sure: soft enough at a temperature far above 1.
const teacherLogits = {
  values: Float32Array.from({ length: 300 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 20 : 0)),
  examples: 100,
  classes: 3,
};
const unsure = { ...teacherLogits, values: teacherLogits.values.map((logit) => logit / 40) };
const method = (name: string) => methodOf(name) as MethodKind;
const drawn = () => ({ distillationFraction: 0.3, temperature: 0.4 });
const names = (name: string) => {
  const { trainingLoss, validationLoss } = objectivesOf({
    method: method(name),
    teacherLogits,
    validationTemperature: 1,
  });
  return [trainingLoss.name, validationLoss.name].join(', ');
};

test('the paper’s methods have its losses, ours those of `distil`', () => {
  for (const name of ['none', 'random', 'gradient', 'every-5', 'tpe']) {
    expect(names(name)).toBe('publishedLoss, crossEntropy');
  }
  for (const name of ['rule', 'agreement']) expect(names(name)).toMatch(/^convexMix.*teacherAgreement/);
});

test('the paper’s methods take its steps, ours those of `distil`', () => {
  const published = () => 1;
  for (const name of ['none', 'gradient']) {
    expect(optimizerOf(method(name)).name).toMatch(/sgd/i);
    expect(learningRateOf(method(name), 100, published)).toBe(published);
  }
  for (const name of ['rule', 'agreement']) {
    expect(optimizerOf(method(name)).name).toMatch(/adam/i);
    const rate = learningRateOf(method(name), 100, published);
    expect([0, 50].map(rate)).toEqual([0.01, expect.closeTo(0.005, 6)]);
  }
});

test('a method starts where it says, where the teacher suits it, or where the run drew', () => {
  const temperature = agreementTemperature({ teacherLogits });
  expect(temperature).toBeGreaterThan(5);
  expect(startOf(method('fixed-10'), teacherLogits, drawn)).toEqual({
    distillationFraction: 1,
    temperature: 10,
  });
  expect(startOf(method('rule'), teacherLogits, drawn)).toEqual({ distillationFraction: 0.9, temperature });
  expect(startOf(method('rule'), unsure, drawn).temperature).toBe(1);
  expect(startOf(method('gradient'), teacherLogits, drawn)).toEqual(drawn());
  // Its bounds begin at 1.
  expect(startOf(method('agreement'), teacherLogits, drawn)).toEqual({
    distillationFraction: 0.3,
    temperature: 1,
  });
});
