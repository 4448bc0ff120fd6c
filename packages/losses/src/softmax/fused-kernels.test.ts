import {
  fill,
  getBackend,
  type NamedAttrMap,
  registerKernel,
  unregisterKernel,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { evaluateLoss } from '../../test/evaluate-loss.js';
import { goldenBatch } from '../../test/golden.js';
import { crossEntropy } from '../classification/cross-entropy.js';
import { convexMix } from '../distillation/convex-mix.js';
import { distillation } from '../distillation/distillation.js';

const registered: string[] = [];

/** Registers a kernel that answers zeros, and records the inputs and attributes that it was given. */
function fake(kernelName: string): { inputs: string[]; attributes: NamedAttrMap }[] {
  const calls: { inputs: string[]; attributes: NamedAttrMap }[] = [];
  registerKernel({
    kernelName,
    backendName: getBackend(),
    kernelFunc: ({ inputs, attrs }) => {
      calls.push({ inputs: Object.keys(inputs), attributes: attrs ?? {} });
      const logits = inputs.studentLogits ?? inputs.logits;
      return [zeros([]), zeros(logits?.shape ?? [])];
    },
  });
  registered.push(kernelName);
  return calls;
}

afterEach(() => {
  for (const name of registered.splice(0)) unregisterKernel(name, getBackend());
});

test('cross-entropy runs as one kernel if the backend has it', () => {
  const calls = fake('MetadistillCrossEntropyGradient');
  expect(evaluateLoss(crossEntropy({ temperature: 0.1 }), goldenBatch, {}).value).toBe(0);
  expect(calls).toEqual([{ inputs: ['logits', 'labels'], attributes: { temperature: 0.1 } }]);
});

test('the convex mix and plain distillation run as one kernel if the backend has it', () => {
  const calls = fake('MetadistillDistillationGradient');
  const inputs = ['studentLogits', 'teacherLogits', 'labels'];
  evaluateLoss(distillation({ scaling: 'squared' }), goldenBatch, { temperature: 3 });
  expect(calls[0]).toEqual({
    inputs,
    attributes: { distillationFraction: 1, temperature: 3, factor: 9, factorSlope: 6 },
  });
  evaluateLoss(convexMix({ scaling: 'none' }), goldenBatch, { distillationFraction: 0.2, temperature: 3 });
  expect(calls[1]).toEqual({
    inputs,
    attributes: { distillationFraction: 0.2, temperature: 3, factor: 1, factorSlope: 0 },
  });
});

test("the convex mix's dependence on its metaparameters is one kernel too", () => {
  const name = 'MetadistillDistillationDerivatives';
  registerKernel({
    kernelName: name,
    backendName: getBackend(),
    kernelFunc: ({ inputs }) => {
      const { shape } = inputs.studentLogits as { shape: number[] };
      return [fill([], 1), fill([], 2), fill(shape, 3), fill(shape, 4)];
    },
  });
  registered.push(name);
  const metaparameters = { distillationFraction: 0.2, temperature: 3 };
  const { byMetaparameter, mixed } = evaluateLoss(
    convexMix({ scaling: 'none' }),
    goldenBatch,
    metaparameters,
  );
  expect(byMetaparameter).toEqual({ distillationFraction: 1, temperature: 2 });
  expect(mixed).toEqual({ distillationFraction: Array(6).fill(3), temperature: Array(6).fill(4) });
});
