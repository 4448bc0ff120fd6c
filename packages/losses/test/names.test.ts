import { expect, test } from 'vitest';
import { everyFeatureLoss, everyLogitLoss } from './every-loss.js';

// Names are what logs and tables tell settings apart by.
test('every loss has its own name, with its settings', () => {
  expect([...everyLogitLoss, ...everyFeatureLoss].map(({ loss }) => loss.name)).toEqual([
    'crossEntropy',
    'crossEntropy(temperature=0.05)',
    'smoothedCrossEntropy',
    'distillation(forwardKL, scaling=none)',
    'distillation(forwardKL, scaling=squared)',
    'distillation(reverseKL, scaling=none)',
    'distillation(reverseKL, scaling=squared)',
    'distillation(softCrossEntropy, scaling=none)',
    'distillation(softCrossEntropy, scaling=squared)',
    'distillation(jensenShannon, scaling=none)',
    'distillation(jensenShannon, scaling=squared)',
    'groupedTemperature(forwardKL, scaling=none, by=label)',
    'groupedTemperature(reverseKL, scaling=none, by=label)',
    'groupedTemperature(softCrossEntropy, scaling=none, by=label)',
    'groupedTemperature(jensenShannon, scaling=none, by=label)',
    'convexMix(forwardKL, scaling=none)',
    'dkd(scaling=none)',
    'nkd',
    'dist(scaling=none)',
    'transformedTeacher',
    'transformedTeacher(weighted)',
    'standardizeLogits(distillation(forwardKL, scaling=none), biased)',
    'standardizeLogits(distillation(forwardKL, scaling=none), unbiased)',
    'convexCombination(smoothedCrossEntropy, dkd(scaling=none))',
    'weightedSum',
    'dkd(scaling=none)[targetWeight=1]',
    'hint',
    'attentionTransfer(code)',
    'attentionTransfer(paper)',
    'pkt(elementMean)',
    'relationalDistance',
    'relationalAngle',
    'similarityPreserving',
  ]);
});
