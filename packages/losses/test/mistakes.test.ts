import { testMistakes } from '@metadistill/testing';
import { expect, test } from 'vitest';
import * as exported from '../src/index.js';

// Everything else that is exported makes a part from options, or from other parts.
testMistakes(exported, ['fromPaperLambda', 'linearAdapter']);

const { composeLoss, convexCombination, convexMix, crossEntropy, hint, weightedSum } = exported;
const response = { loss: crossEntropy(), weight: 1 };

test.each<[() => unknown, string]>([
  [
    () => weightedSum({ terms: [response, { ...response, wieght: 2 } as object as typeof response] }),
    "weightedSum: terms[1]: unknown option 'wieght'; did you mean 'weight'?",
  ],
  [
    () => weightedSum({ terms: [{ loss: crossEntropy as never, weight: 1 }] }),
    'weightedSum: terms[0].loss is function crossEntropy; expected a loss of logits. Pass crossEntropy()',
  ],
  [
    () => composeLoss({ terms: [{ ...response, name: 'ce', layer: 'a' } as never] }),
    "composeLoss: terms[0]: unknown option 'layer'",
  ],
  [
    () =>
      composeLoss({ terms: [{ name: 'hint', featureLoss: hint(), studentLayer: 'a', weight: 1 } as never] }),
    'composeLoss: terms[0].teacherLayer is undefined; expected a string.',
  ],
  [
    () => convexCombination({ classification: crossEntropy(), distillation: convexMix as never }),
    'convexCombination: distillation is function convexMix; expected a loss of logits.',
  ],
  [
    () => convexMix({ scaling: 'none', divergence: 'KL' as never }),
    "convexMix: divergence is 'KL'; expected one of",
  ],
  [() => convexMix({ scaling: 'cubed' as never }), "convexMix: scaling is 'cubed'; expected"],
  [
    () =>
      exported.groupedTemperature({
        scaling: 'none',
        by: 'label',
        count: 2,
        divergence: 'toString' as never,
      }),
    "groupedTemperature: divergence is 'toString'; expected one of",
  ],
])('what a loss is made of is checked: %#', (make, message) => {
  expect(make).toThrow(message);
});
